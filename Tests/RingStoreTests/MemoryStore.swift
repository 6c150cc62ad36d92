import JOSECore
import KeyRotation
import Synchronization
import TestSupport

/// A store in memory that counts, fails when told to, and can be put back.
final class MemoryStore: KeyRingStore {
  struct Commit: Equatable {
    let epoch: Int
    let time: NumericDate
  }

  private struct State {
    var ring: KeyRingState?
    var keys: [PublicKey: SigningKey] = [:]
    var commits: [Commit] = []
    var (loads, keyReads) = (0, 0)
    var failure: KeyRingError?
    var commitFailure: KeyRingError?
    var watchers: [AsyncStream<Void>.Continuation] = []
  }

  private let state = Mutex(State())

  init(_ policy: RotationPolicy) throws {
    let keys = try policy.algorithms.flatMap {
      [try RingSigningKey.generate($0), try RingSigningKey.generate($0)]
    }
    let step = try KeyRingState.new(keys.compactMap(\.newKey), policy: policy, at: start)
    state.withLock { state in
      state.ring = step.ring
      for key in keys { key.key.publicKey.map { state.keys[$0] = key.key } }
    }
  }

  var ring: KeyRingState? {
    get { state.withLock { $0.ring } }
    set { state.withLock { $0.ring = newValue } }
  }
  var commits: [Commit] { state.withLock { $0.commits } }
  /// How often the ring was read.
  var loads: Int { state.withLock { $0.loads } }
  var keyReads: Int { state.withLock { $0.keyReads } }

  /// Everything fails from now on, or nothing.
  func fail(_ error: KeyRingError?) { state.withLock { $0.failure = error } }

  /// Commits fail from now on, or nothing.
  func failCommits(_ error: KeyRingError?) { state.withLock { $0.commitFailure = error } }

  func announce() { for watcher in state.withLock({ $0.watchers }) { watcher.yield() } }

  // MARK: - KeyRingStore

  func load() async throws(KeyRingError) -> KeyRingState? {
    let (ring, failure) = state.withLock { state in
      state.loads += 1
      return (state.ring, state.failure)
    }
    if let failure { throw failure }
    return ring
  }

  func commit(
    _ ring: KeyRingState, _ events: [RingEvent], adding keys: [SigningKey], expecting expected: Int,
    at now: NumericDate
  ) async throws(KeyRingError) {
    let failure: KeyRingError? = state.withLock { state in
      if let failure = state.failure ?? state.commitFailure { return failure }
      let found = state.ring?.epoch ?? 0
      guard found == expected else { return .changedMeanwhile(expected: expected, found: found) }
      state.ring = ring
      for key in keys { key.publicKey.map { state.keys[$0] = key } }
      state.commits.append(Commit(epoch: ring.epoch, time: now))
      return nil
    }
    if let failure { throw failure }
  }

  func signingKey(_ key: RingKey) async throws(KeyRingError) -> SigningKey {
    let found = state.withLock { state in
      state.keyReads += 1
      return state.failure == nil ? state.keys[key.publicKey] : nil
    }
    guard let found else { throw .unknownKey(key.keyID) }
    return found
  }

  func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    state.withLock { $0.watchers.append(continuation) }
    return stream
  }
}
