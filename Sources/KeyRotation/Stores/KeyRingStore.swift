public import JOSECore

/// Where a ring is kept: a directory, memory, a shared database.
///
/// Nothing that a step decides takes effect before `commit` has returned.
public protocol KeyRingStore: Sendable {
  /// Where the ring is, for errors: a directory's path, for example.
  var location: String { get }

  /// The ring as committed, or `nil` if there is none yet.
  func load() async throws(KeyRingError) -> KeyRingState?

  /// Makes a ring durable, with the private halves of the keys that it adds, if the store is still at `expected`
  /// (0 for a store without a ring). Otherwise it throws `changedMeanwhile`: another process was first.
  ///
  /// - Parameters:
  ///   - ring: the ring that is now in force. Private keys that it has neither published nor active are to be destroyed.
  ///   - events: what has changed, for a log.
  ///   - keys: the new private keys, found again by `RingKey.thumbprint`.
  ///   - expected: the epoch of the ring that this one follows.
  ///   - now: the time of the change.
  func commit(
    _ ring: KeyRingState, _ events: [RingEvent], adding keys: [SigningKey], expecting expected: Int,
    at now: NumericDate) async throws(KeyRingError)

  /// The private half of a key that is published or active.
  func signingKey(_ key: RingKey) async throws(KeyRingError) -> SigningKey

  /// An element whenever the ring may have changed, by this process or another. Elements may be spurious, and several
  /// changes may be one element; that one is missed is what `RotationPolicy.stalenessBound` is for.
  func changes() -> AsyncStream<Void>
}

extension KeyRingStore {
  public var location: String { "the store" }

  /// Makes a new ring. Another process may be first, and then its ring is the one.
  func createUnlessThere(_ policy: RotationPolicy, at now: NumericDate) async throws(KeyRingError)
    -> KeyRingState?
  {
    let new = try NewRing(policy, at: now)
    do throws(KeyRingError) { try await commit(new.step, new.keys, over: 0, at: now) } catch {
      guard error.isChangedMeanwhile else { throw error }
    }
    return try await load()
  }

  /// The ring and the private halves of the keys that sign.
  package func snapshot() async throws(KeyRingError) -> KeyRingSnapshot? {
    guard var ring = try await load() else { return nil }
    while true {
      do throws(KeyRingError) { return try await snapshot(ring) } catch {
        // A rotation may have come between the ring and its keys, and taken one of them away.
        guard let latest = try await load(), latest.epoch != ring.epoch else { throw error }
        ring = latest
      }
    }
  }

  /// The ring alone, for a process that publishes and doesn't sign.
  package func publicSnapshot() async throws(KeyRingError) -> KeyRingSnapshot? {
    guard let ring = try await load() else { return nil }
    return try KeyRingSnapshot(ring)
  }

  private func snapshot(_ ring: KeyRingState) async throws(KeyRingError) -> KeyRingSnapshot {
    var keys: [RingSigningKey] = []
    for key in ring.keys(.active) { keys.append(try await ringSigningKey(key)) }
    return try KeyRingSnapshot(ring, signingKeys: keys)
  }

  func ringSigningKey(_ key: RingKey) async throws(KeyRingError) -> RingSigningKey {
    try RingSigningKey(await signingKey(key), for: key, at: location)
  }

  package func commit(
    _ step: RotationStep, _ keys: [RingSigningKey], over epoch: Int, at now: NumericDate
  ) async throws(KeyRingError) {
    try await commit(step.ring, step.events, adding: keys.map(\.key), expecting: epoch, at: now)
  }
}
