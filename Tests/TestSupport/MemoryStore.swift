package import JOSECore
package import KeyRotation
import Synchronization

/// A store in memory that counts, fails when told to, and can be put back.
package final class MemoryStore: KeyRingStore {
  package struct Commit: Equatable, Sendable {
    package let epoch: Int
    package let time: NumericDate
  }

  private struct State {
    var ring: KeyRingState?
    var keys: [PublicKey: SigningKey] = [:]
    var (loads, keyReads) = (0, 0)
    var failure: KeyRingError?
    var commitFailure: KeyRingError?
    var watchers: [AsyncStream<Void>.Continuation] = []
  }

  private let state = Mutex(State())
  private let committed = Recorder<Commit>()

  package init(_ policy: RotationPolicy, at now: NumericDate = NumericDate(1_800_000_000)) throws {
    let keys = try policy.algorithms.flatMap {
      [try RingSigningKey.generate($0), try RingSigningKey.generate($0)]
    }
    let step = try KeyRingState.new(keys.compactMap(\.newKey), policy: policy, at: now)
    state.withLock { state in
      state.ring = step.ring
      for key in keys { key.key.publicKey.map { state.keys[$0] = key.key } }
    }
  }

  package var ring: KeyRingState? {
    get { state.withLock { $0.ring } }
    set { state.withLock { $0.ring = newValue } }
  }
  package var commits: [Commit] { committed.elements }
  /// Returns once there are so many commits.
  package func reach(commits count: Int) async { await committed.reach(count) }
  /// How often the ring was read.
  package var loads: Int { state.withLock { $0.loads } }
  package var keyReads: Int { state.withLock { $0.keyReads } }

  /// Everything fails from now on, or nothing.
  package func fail(_ error: KeyRingError?) { state.withLock { $0.failure = error } }

  /// Commits fail from now on, or nothing.
  package func failCommits(_ error: KeyRingError?) { state.withLock { $0.commitFailure = error } }

  package func announce() { for watcher in state.withLock({ $0.watchers }) { watcher.yield() } }

  // MARK: - KeyRingStore

  package func load() async throws(KeyRingError) -> KeyRingState? {
    let (ring, failure) = state.withLock { state in
      state.loads += 1
      return (state.ring, state.failure)
    }
    if let failure { throw failure }
    return ring
  }

  package func commit(
    _ ring: KeyRingState, _ events: [RingEvent], adding keys: [SigningKey], expecting expected: Int,
    at now: NumericDate
  ) async throws(KeyRingError) {
    let failure: KeyRingError? = state.withLock { state in
      if let failure = state.failure ?? state.commitFailure { return failure }
      let found = state.ring?.epoch ?? 0
      guard found == expected else { return .changedMeanwhile(expected: expected, found: found) }
      state.ring = ring
      for key in keys { key.publicKey.map { state.keys[$0] = key } }
      return nil
    }
    if let failure { throw failure }
    committed.append(Commit(epoch: ring.epoch, time: now))
  }

  package func signingKey(_ key: RingKey) async throws(KeyRingError) -> SigningKey {
    let found = state.withLock { state in
      state.keyReads += 1
      return state.failure == nil ? state.keys[key.publicKey] : nil
    }
    guard let found else { throw .unknownKey(key.keyID) }
    return found
  }

  package func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    state.withLock { $0.watchers.append(continuation) }
    return stream
  }
}
