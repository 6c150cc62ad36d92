import JOSECore

/// A ring while a step works on it.
struct RingTransition {
  let original: KeyRingState
  let policy: RotationPolicy
  let now: NumericDate
  var ring: KeyRingState
  private(set) var events: [RingEvent] = []
  /// Algorithms that a revocation left without an active key: their next key signs though it is not known everywhere.
  var emergencies: Set<Algorithm> = []
  var missing: Set<Algorithm> = []
  /// Published keys that can't sign.
  var unusable: Set<String> = []

  init(_ ring: KeyRingState, _ policy: RotationPolicy, _ now: NumericDate) {
    (original, self.policy, self.now, self.ring) = (ring, policy, now, ring)
  }

  mutating func record(_ event: RingEvent) { events.append(event) }

  /// Places of keys, oldest first.
  func indices(_ state: RingKey.State, _ algorithm: Algorithm) -> [Int] {
    ring.keys.indices.filter { ring.keys[$0].state == state && ring.keys[$0].algorithm == algorithm }
  }

  /// Places of the keys that may come to sign, the next one first.
  func standbys(_ algorithm: Algorithm) -> [Int] {
    indices(.published, algorithm).filter { !unusable.contains(ring.keys[$0].keyID) }
  }

  mutating func finished() -> RotationStep {
    for algorithm in policy.algorithms where standbys(algorithm).isEmpty { missing.insert(algorithm) }
    if ring != original || !events.isEmpty {
      ring.epoch = original.epoch + 1
      ring.changedAt = now
    }
    return RotationStep(
      ring: ring, events: events, missing: policy.algorithms.filter(missing.contains),
      nextDue: ring.nextDue(policy))
  }
}

// MARK: - Policy and clock

extension RingTransition {
  /// Begins the waits for what is durable by now. A wait never begins in the step that causes it: between working a step
  /// out and having it durable a writer may stand still for any time (a lock, a slow disk, a machine that is suspended).
  mutating func startPropagation() {
    if ring.inheritedUntil == KeyRingState.notBegun {
      ring.inheritedUntil = now.advanced(by: ring.inheritedPropagation)
    }
    guard ring.policy.publication == .served, policy.publication == .served else { return }
    confirm(ring.keys.map(\.keyID))
  }

  /// What was served under the old policy may be kept as long as that allowed.
  mutating func adoptPolicy() {
    guard policy != ring.policy else { return }
    if ring.policy.propagation > policy.propagation {
      let isOver = ring.inheritedUntil <= now
      ring.inheritedPropagation = max(ring.policy.propagation, isOver ? 0 : ring.inheritedPropagation)
      ring.inheritedUntil = KeyRingState.notBegun
    }
    // Whether the copy that will be served from now on has them has to be confirmed.
    if ring.policy.publication == .served, policy.publication == .exported { forgetServing() }
    ring.policy = policy
    record(.policyChanged)
  }

  private mutating func forgetServing() {
    for index in ring.keys.indices where ring.keys[index].state == .published {
      ring.keys[index].servedAt = nil
    }
  }

  /// A clock that is set back, and one that is put right again after that, tell nothing of how long a key has waited. Then
  /// waiting begins anew: too long a wait breaks nobody.
  mutating func heedClock() {
    if let latest = original.changedAt, now < latest.advanced(by: -policy.clockSkew) {
      ring.setBackFrom = max(ring.setBackFrom ?? latest, latest)
    } else if let from = ring.setBackFrom, now >= from.advanced(by: -policy.clockSkew) {
      restartPropagation(from)
    }
    restartDatesInTheFuture()
  }

  /// Where time is again at which it was set back, that much time has passed, or the clock was put right, or this writer's
  /// clock always was. Then what was noted in between is too early.
  private mutating func restartPropagation(_ from: NumericDate) {
    ring.setBackFrom = nil
    if ring.inheritedPropagation > 0, ring.inheritedUntil != KeyRingState.notBegun {
      ring.inheritedUntil = max(ring.inheritedUntil, now.advanced(by: ring.inheritedPropagation))
    }
    for index in ring.keys.indices where ring.keys[index].isWaiting && ring.keys[index].servedAt != nil {
      ring.keys[index].servedAt = now
      record(.clockPutRight(keyID: ring.keys[index].keyID, from: from))
    }
  }

  private mutating func restartDatesInTheFuture() {
    let latest = now.advanced(by: policy.clockSkew)
    for index in ring.keys.indices {
      let dates = [ring.keys[index].publishedAt, ring.keys[index].servedAt, ring.keys[index].activatedAt]
      guard let ahead = dates.compactMap(\.self).first(where: { $0 > latest }) else { continue }
      ring.keys[index].publishedAt = min(ring.keys[index].publishedAt, now)
      ring.keys[index].servedAt = ring.keys[index].servedAt.map { $0 > latest ? now : $0 }
      ring.keys[index].activatedAt = ring.keys[index].activatedAt.map { $0 > latest ? now : $0 }
      record(.clockSetBack(keyID: ring.keys[index].keyID, from: ahead))
    }
  }
}

// MARK: - Publishing

extension RingTransition {
  /// For a new ring: every key is original, or the imported one alone.
  mutating func publish(_ new: NewKey, imported: String?) throws(KeyRingError) {
    guard let imported else { return try publish(new, isOriginal: true) }
    let isImported: Bool
    do { isImported = try new.name() == imported } catch { throw .key(error) }
    try publish(new, isOriginal: isImported)
    if isImported { record(.imported(keyID: imported, new.algorithm)) }
  }

  mutating func publish(_ new: NewKey, isOriginal: Bool) throws(KeyRingError) {
    let inherited = now < ring.inheritedUntil ? ring.inheritedPropagation : 0
    let key = try RingKey(
      new, isOriginal: isOriginal, propagation: max(policy.propagation, inherited), publishedAt: now,
      servedAt: isOriginal && policy.publication == .served ? now : nil)
    let isThere = ring.keys.contains { $0.keyID == key.keyID || $0.thumbprint == key.thumbprint }
    guard !isThere else { throw .duplicateKey(key.keyID) }
    ring.keys.append(key)
    record(.published(keyID: key.keyID, key.algorithm))
  }

  mutating func confirm(_ keyIDs: [String]) {
    for index in ring.keys.indices
    where ring.keys[index].isUnserved && keyIDs.contains(ring.keys[index].keyID) {
      ring.keys[index].servedAt = now
      record(.confirmed(keyID: ring.keys[index].keyID, ring.keys[index].algorithm))
    }
  }
}

// MARK: - Activating

extension RingTransition {
  mutating func activateFirst(_ algorithm: Algorithm) {
    if let index = indices(.published, algorithm).first, ring.keys[index].isOriginal { activate(at: index) }
  }

  mutating func activate(_ request: RotationRequest?) throws(KeyRingError) {
    var requested: [Algorithm] = []
    if case .rotate(let algorithms) = request {
      requested = algorithms.isEmpty ? policy.algorithms : algorithms
    }
    for algorithm in requested { try checkRotation(algorithm) }
    // The last key of an algorithm that is on its way out: then what replaces it has to sign now.
    if !emergencies.isEmpty, ring.keys(.active).isEmpty, emergencies.isDisjoint(with: policy.algorithms) {
      emergencies.formUnion(policy.algorithms)
    }
    for algorithm in policy.algorithms {
      if let active = indices(.active, algorithm).first {
        guard requested.contains(algorithm) || isDue(ring.keys[active]) else { continue }
        rotate(algorithm, active)
      } else if emergencies.contains(algorithm) {
        activateEarly(algorithm)
      } else if let standby = usableStandby(algorithm) {
        activate(at: standby)
      }
    }
  }

  private func isDue(_ active: RingKey) -> Bool {
    let period = active.activatedAt?.advanced(by: policy.rotationPeriod)
    let end = active.notAfter?.advanced(by: -policy.tokenLifetime)
    return [period, end].compactMap(\.self).contains { $0 <= now }
  }

  private func usableStandby(_ algorithm: Algorithm) -> Int? {
    standbys(algorithm).first.flatMap { index in
      ring.keys[index].maySignFrom(policy).flatMap { $0 <= now ? index : nil }
    }
  }

  /// The standby takes over when it is known everywhere and another one stands by.
  private mutating func rotate(_ algorithm: Algorithm, _ active: Int) {
    guard let standby = usableStandby(algorithm) else { return }
    guard standbys(algorithm).count >= 2 else {
      missing.insert(algorithm)
      return
    }
    activate(at: standby)
    ring.keys[active].retiredAt = now
    record(.retired(keyID: ring.keys[active].keyID, algorithm))
  }

  private mutating func activateEarly(_ algorithm: Algorithm) {
    guard let index = standbys(algorithm).first else { return }
    let from = ring.keys[index].maySignFrom(policy)
    if let from, from <= now { return activate(at: index) }
    ring.keys[index].activatedAt = now
    record(.activatedEarly(keyID: ring.keys[index].keyID, algorithm, until: from))
  }

  private mutating func activate(at index: Int) {
    ring.keys[index].activatedAt = now
    record(.activated(keyID: ring.keys[index].keyID, ring.keys[index].algorithm))
  }

  private func checkRotation(_ algorithm: Algorithm) throws(KeyRingError) {
    guard !indices(.active, algorithm).isEmpty else {
      throw .noActiveKey(algorithm, ring: ring.keys(.active).map(\.algorithm))
    }
    guard let standby = ring.standby(for: algorithm) else { throw .noStandby(algorithm) }
    guard usableStandby(algorithm) == nil else { return }
    throw .standbyTooYoung(
      keyID: standby.keyID, algorithm, published: standby.publishedAt, earliest: standby.maySignFrom(policy),
      now: now)
  }
}

// MARK: - Ending

extension RingTransition {
  mutating func revoke(_ keyID: String, _ reason: String) throws(KeyRingError) {
    guard let index = ring.keys.firstIndex(where: { $0.keyID == keyID && $0.state != .revoked }) else {
      throw .unknownKey(keyID)
    }
    let algorithm = ring.keys[index].algorithm
    if ring.keys[index].state == .active { emergencies.insert(algorithm) }
    ring.keys[index].revokedAt = now
    // It may have signed for an algorithm that the policy has dropped, in place of those that wait.
    if ring.keys(.active).isEmpty { emergencies.formUnion(policy.algorithms) }
    ring.keys[index].revocationReason = reason
    record(.revoked(keyID: keyID, algorithm, reason: reason))
  }

  /// What the policy no longer names signs no more, as long as something else does.
  mutating func dropAlgorithms() {
    let dropped = ring.keys.filter { !policy.algorithms.contains($0.algorithm) }
    for key in dropped where key.state == .published {
      ring.keys.removeAll { $0.keyID == key.keyID }
      record(.removed(keyID: key.keyID, key.algorithm))
    }
    guard ring.keys(.active).contains(where: { policy.algorithms.contains($0.algorithm) }) else { return }
    for index in ring.keys.indices
    where ring.keys[index].state == .active && !policy.algorithms.contains(ring.keys[index].algorithm) {
      ring.keys[index].retiredAt = now
      record(.retired(keyID: ring.keys[index].keyID, ring.keys[index].algorithm))
    }
  }

  /// Reserves the latest `exp` that active keys may give, half a reservation before the last one is used up.
  mutating func reserve() {
    for index in ring.keys.indices where ring.keys[index].state == .active {
      guard let due = ring.keys[index].reservationDue(policy), due <= now else { continue }
      let wanted = now.advanced(by: policy.tokenLifetime + policy.reservation)
      let until = max(ring.keys[index].signsUntil ?? wanted, min(wanted, ring.keys[index].notAfter ?? wanted))
      guard until != ring.keys[index].signsUntil else { continue }
      ring.keys[index].signsUntil = until
      record(.reserved(keyID: ring.keys[index].keyID, until: until))
    }
  }

  mutating func remove() {
    for key in ring.keys where key.removableFrom(policy).map({ $0 <= now }) ?? false {
      ring.keys.removeAll { $0.keyID == key.keyID }
      record(.removed(keyID: key.keyID, key.algorithm))
    }
  }
}
