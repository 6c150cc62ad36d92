public import JOSECore

/// Where a ring is kept. A directory is one; a shared database can be another.
///
/// Nothing that a step decides takes effect before `commit` has returned.
public protocol KeyRingStore: Sendable {
  /// The ring as it stands, or `nil` where there is none yet.
  func load() async throws(KeyRingError) -> KeyRing?

  /// Makes a step's ring durable, with the private halves of the keys it adds, if the store is still at `expected`
  /// (0 for a store without a ring). Otherwise it throws `changedMeanwhile`: somebody else has won.
  func commit(
    _ step: RotationStep, adding keys: [RingSigningKey], expecting expected: Int, at now: NumericDate)
    async throws(KeyRingError)

  /// A key that signs, with its private half.
  func signingKey(_ key: RingKey) async throws(KeyRingError) -> RingSigningKey

  /// An element whenever the ring may have changed, by this process or another. Elements may be spurious, and several
  /// changes may be one element; that one is missed is what `RotationPolicy.stalenessBound` is for.
  func changes() -> AsyncStream<Void>
}

extension KeyRingStore {
  /// The ring and the private halves of the keys that sign.
  public func snapshot() async throws(KeyRingError) -> KeyRingSnapshot? {
    guard var ring = try await load() else { return nil }
    while true {
      do throws(KeyRingError) { return try await snapshot(ring) } catch {
        // A rotation may have come between the ring and its keys, and taken one of them away.
        guard let latest = try await load(), latest.epoch != ring.epoch else { throw error }
        ring = latest
      }
    }
  }

  /// The ring alone, for who serves and doesn't sign.
  public func publicSnapshot() async throws(KeyRingError) -> KeyRingSnapshot? {
    guard let ring = try await load() else { return nil }
    return try KeyRingSnapshot(ring)
  }

  private func snapshot(_ ring: KeyRing) async throws(KeyRingError) -> KeyRingSnapshot {
    var keys: [RingSigningKey] = []
    for key in ring.keys(.active) { keys.append(try await signingKey(key)) }
    return try KeyRingSnapshot(ring, signingKeys: keys)
  }
}
