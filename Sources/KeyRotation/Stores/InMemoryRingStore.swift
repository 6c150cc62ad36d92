public import JOSECore
import Synchronization

/// A key ring in the memory of this process, for tests and for issuers that make new keys at each start.
public final class InMemoryRingStore: KeyRingStore {
  private struct Contents {
    var ring: KeyRingState?
    var keys: [String: RingSigningKey] = [:]
    var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    var watcherCount = 0

    /// The private halves of retired and revoked keys go.
    mutating func put(_ ring: KeyRingState, _ new: [RingSigningKey]) {
      for key in new { keys[key.keyID] = key }
      keys = keys.filter { kid, _ in [.published, .active].contains(ring[kid]?.state) }
      self.ring = ring
    }
  }

  private let contents = Mutex(Contents())

  public init() {}

  convenience init(_ new: NewRing) {
    self.init()
    contents.withLock { $0.put(new.step.ring, new.keys) }
  }

  convenience init(_ snapshot: KeyRingSnapshot) {
    self.init()
    contents.withLock { $0.put(snapshot.ring, snapshot.signingKeys) }
  }

  public var location: String { "memory" }

  public func load() -> KeyRingState? { contents.withLock { $0.ring } }

  public func commit(
    _ step: RotationStep, adding keys: [RingSigningKey], expecting expected: Int, at now: NumericDate
  ) throws(KeyRingError) {
    let watchers = try contents.withLock { (contents) throws(KeyRingError) in
      let found = contents.ring?.epoch ?? 0
      guard found == expected else { throw .changedMeanwhile(expected: expected, found: found) }
      contents.put(step.ring, keys)
      return Array(contents.watchers.values)
    }
    for watcher in watchers { watcher.yield() }
  }

  public func signingKey(_ key: RingKey) throws(KeyRingError) -> RingSigningKey {
    guard let found = contents.withLock({ $0.keys[key.keyID] }) else { throw .unknownKey(key.keyID) }
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

  func snapshot() throws(KeyRingError) -> KeyRingSnapshot {
    let (ring, keys) = contents.withLock { ($0.ring, $0.keys) }
    guard let ring else { throw .noRing }
    return try KeyRingSnapshot(ring, signingKeys: ring.keys(.active).compactMap { keys[$0.keyID] })
  }
}
