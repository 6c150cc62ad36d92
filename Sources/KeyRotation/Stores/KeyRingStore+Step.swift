package import JOSECore

extension KeyRingStore {
  /// Takes one step and makes it durable. Where another writer was first, it starts over from what that one left.
  ///
  /// A rotation that is refused, and a standby that can't be opened, hold nothing else up: pending changes are done and made
  /// durable, and then the error says what wasn't.
  ///
  /// - Returns: the step that is now in the store; the ring it started from if nothing was due.
  @discardableResult
  package func step(
    _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest? = nil, attempts: Int = 8
  ) async throws(KeyRingError) -> RotationStep {
    guard let ring = try await load() else { throw .noRing }
    let plan: StepPlan
    do { plan = try await planned(ring, policy, at: now, request) } catch {
      // Another writer may have taken a key away that was to be read.
      guard attempts > 1, try await load()?.epoch != ring.epoch else { throw error }
      return try await step(policy, at: now, request, attempts: attempts - 1)
    }
    if plan.step.ring.epoch != ring.epoch {
      do { try await commit(plan.step, plan.keys, over: ring.epoch, at: now) } catch {
        guard error.isChangedMeanwhile, attempts > 1 else { throw error }
        return try await step(policy, at: now, request, attempts: attempts - 1)
      }
    }
    if let refusal = plan.refusal { throw refusal }
    return plan.step
  }

  /// Throws a refusal at once where nothing is due beside it.
  private func planned(
    _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?
  ) async throws(KeyRingError) -> StepPlan {
    let plan = try await plan(ring, policy, at: now, request)
    if let refusal = plan.refusal, plan.step.ring.epoch == ring.epoch { throw refusal }
    return plan
  }

  private func plan(
    _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?
  ) async throws(KeyRingError) -> StepPlan {
    let plan: StepPlan
    do { plan = try StepPlan(ring, policy, at: now, request) } catch {
      guard case .rotate = request else { throw error }
      var due = try await self.plan(ring, policy, at: now, nil)
      due.refusal = error
      return due
    }
    if case .revoke = request { return try await revocation(plan, ring, policy, at: now, request) }
    guard let refusal = await obstacle(to: plan, ring) else { return plan }
    var rest = request
    if case .rotate = request { rest = nil }
    let unusable = Set(ring.keys(.published).map(\.keyID))
    return StepPlan(try ring.step(policy, at: now, rest, unusable: unusable), refusal: refusal)
  }

  /// A revocation doesn't wait for a standby that opens, and where the passphrase is missing, not for a new one either.
  private func revocation(
    _ plan: StepPlan, _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate,
    _ request: RotationRequest?
  ) async throws(KeyRingError) -> StepPlan {
    guard let failure = await unwritable(plan, ring) else { return plan }
    let bare = try ring.step(policy, at: now, request)
    if bare.ring.keys(.active).isEmpty { throw failure }
    return StepPlan(bare)
  }

  /// What keeps a step from being taken as planned: old private keys go for good, so not before those that take over are
  /// there and open.
  private func obstacle(to plan: StepPlan, _ ring: KeyRingState) async -> KeyRingError? {
    for key in plan.step.ring.keys(.active) where ring[key.keyID]?.state == .published {
      do { _ = try await ringSigningKey(key) } catch { return await obstacle(error, opening: key, ring) }
    }
    return await unwritable(plan, ring)
  }

  /// Where the passphrase is missing or wrong, nothing is the matter with the standby.
  private func obstacle(_ error: KeyRingError, opening key: RingKey, _ ring: KeyRingState) async
    -> KeyRingError
  {
    if error.code == "passphrase_missing" { return error }
    if error.code == "passphrase_wrong", let active = ring.keys(.active).first,
      (try? await ringSigningKey(active)) == nil
    {
      return error
    }
    return .unusableStandby(keyID: key.keyID, error)
  }

  /// A new key is written with the passphrase of the ring's other keys, and with no other one.
  private func unwritable(_ plan: StepPlan, _ ring: KeyRingState) async -> KeyRingError? {
    guard !plan.keys.isEmpty, let active = ring.keys(.active).first else { return nil }
    do { _ = try await ringSigningKey(active) } catch { return error }
    return nil
  }
}

extension KeyRingStore {
  /// Steps until nothing is due at once: a key's wait begins in the step after the one that published it.
  ///
  /// - Parameter onStep: told of every step once it is in the store.
  /// - Returns: every step that was taken; the request belongs to the first.
  @discardableResult
  package func settle(
    _ policy: RotationPolicy, clock: WallClock = .system, _ request: RotationRequest? = nil,
    onStep: @Sendable (RotationStep) -> Void = { _ in }
  ) async throws(KeyRingError) -> [RotationStep] {
    var steps: [RotationStep] = []
    // Four at most: a wait that begins, a standby that was missing; more would be a step that never comes to rest.
    while steps.count < 4 {
      let step = try await step(policy, at: clock.now, steps.isEmpty ? request : nil)
      onStep(step)
      steps.append(step)
      guard let due = step.nextDue, due <= clock.now, !step.events.isEmpty else { break }
    }
    return steps
  }
}

/// A step, the keys that it publishes, and what of a request it had to leave undone.
private struct StepPlan {
  let step: RotationStep
  var keys: [RingSigningKey] = []
  var refusal: KeyRingError?

  init(_ step: RotationStep, refusal: KeyRingError? = nil) { (self.step, self.refusal) = (step, refusal) }

  init(
    _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?
  ) throws(KeyRingError) {
    let first = try ring.step(policy, at: now, request)
    for algorithm in first.missing { keys.append(try .generate(algorithm)) }
    step = keys.isEmpty ? first : try ring.step(policy, at: now, request, newKeys: keys.compactMap(\.newKey))
  }
}
