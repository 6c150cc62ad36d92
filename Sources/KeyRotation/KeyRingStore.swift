public import JOSE

/// Where a ring is kept. A directory is one; a shared database can be another.
///
/// Nothing that a step decides takes effect before `commit` has returned.
public protocol KeyRingStore: Sendable {
  /// The ring as it stands, or `nil` where there is none yet.
  func load() async throws(KeyRingError) -> KeyRing?

  /// Makes a step's ring durable, with the private halves of the keys it adds, if the store is still at `expected`
  /// (0 for a store without a ring). Otherwise it throws `changedMeanwhile`: somebody else has won.
  func commit(_ step: RotationStep, adding keys: [RingSigningKey], expecting expected: Int, at now: NumericDate)
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

  private func snapshot(_ ring: KeyRing) async throws(KeyRingError) -> KeyRingSnapshot {
    var keys: [RingSigningKey] = []
    for key in ring.keys(.active) { keys.append(try await signingKey(key)) }
    return try KeyRingSnapshot(ring, signingKeys: keys)
  }

  /// Takes one step and makes it durable. Where another writer was first, it starts over from what that one left.
  ///
  /// - Returns: the step that is now in the store; the ring it started from if nothing was due.
  @discardableResult
  public func step(
    _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest? = nil, attempts: Int = 8
  ) async throws(KeyRingError) -> RotationStep {
    guard let ring = try await load() else { throw .noRing }
    var keys: [RingSigningKey] = []
    var step = try ring.step(policy, at: now, request)
    if !step.missing.isEmpty {
      for algorithm in step.missing { keys.append(try .generate(algorithm)) }
      step = try ring.step(policy, at: now, request, newKeys: keys.compactMap(\.newKey))
    }
    guard step.ring.epoch != ring.epoch else { return step }
    // Old private keys go for good: not before those that take over are there and open.
    for key in step.ring.keys(.active) where ring[key.keyID]?.state == .published { _ = try await signingKey(key) }
    do {
      try await commit(step, adding: keys, expecting: ring.epoch, at: now)
      return step
    } catch {
      guard case .changedMeanwhile = error, attempts > 1 else { throw error }
      return try await self.step(policy, at: now, request, attempts: attempts - 1)
    }
  }
}

extension KeyRingStore {
  /// Steps until nothing is due at once: a key's wait begins in the step after the one that published it. For those who
  /// have no rotator running.
  ///
  /// - Returns: every step that was taken; the request belongs to the first.
  @discardableResult
  public func settle(
    _ policy: RotationPolicy, clock: WallClock = .system, _ request: RotationRequest? = nil
  ) async throws(KeyRingError) -> [RotationStep] {
    var steps = [try await step(policy, at: clock.now, request)]
    // Four at most: a wait that begins, a standby that was missing; the rest is for a rotator.
    while steps.count < 4, let due = steps.last?.nextDue, due <= clock.now {
      steps.append(try await step(policy, at: clock.now))
    }
    return steps
  }
}
