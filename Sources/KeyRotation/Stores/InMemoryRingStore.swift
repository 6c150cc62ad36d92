public import JOSECore
import Synchronization

/// A key ring in the memory of this process, for tests and for issuers that make new keys at each start.
public final class InMemoryRingStore: KeyRingStore {
  private struct Contents {
    var ring: KeyRingState?
    /// By thumbprint.
    var keys: [String: SigningKey] = [:]
    var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    var watcherCount = 0

    /// The private halves of retired and revoked keys go.
    mutating func put(_ ring: KeyRingState, _ new: [String: SigningKey]) {
      let needed = Set((ring.keys(.published) + ring.keys(.active)).map(\.thumbprint))
      keys = keys.merging(new) { _, new in new }.filter { needed.contains($0.key) }
      self.ring = ring
    }
  }

  private let contents = Mutex(Contents())

  public init() {}

  convenience init(_ snapshot: KeyRingSnapshot) {
    self.init()
    contents.withLock { $0.put(snapshot.ring, snapshot.signingKeys.byThumbprint) }
  }

  public var location: String { "memory" }

  public func load() -> KeyRingState? { contents.withLock { $0.ring } }

  public func commit(
    _ ring: KeyRingState, _ events: [RingEvent] = [], adding keys: [SigningKey], expecting expected: Int,
    at now: NumericDate
  ) throws(KeyRingError) {
    let new = try keys.map { (key) throws(KeyRingError) in try RingSigningKey(key) }.byThumbprint
    let watchers = try contents.withLock { (contents) throws(KeyRingError) in
      let found = contents.ring?.epoch ?? 0
      guard found == expected else { throw .changedMeanwhile(expected: expected, found: found) }
      contents.put(ring, new)
      return Array(contents.watchers.values)
    }
    for watcher in watchers { watcher.yield() }
  }

  public func signingKey(_ key: RingKey) throws(KeyRingError) -> SigningKey {
    guard let found = contents.withLock({ $0.keys[key.thumbprint] }) else { throw .unknownKey(key.keyID) }
    return found
  }

  public func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = contents.withLock { contents in
      contents.watcherCount += 1
      contents.watchers[contents.watcherCount] = continuation
      return contents.watcherCount
    }
    continuation.onTermination = { [weak self] _ in
      self?.contents.withLock { $0.watchers[number] = nil }
    }
    return stream
  }
}
