public import JOSECore

extension RingKey {
  /// When an active key's reservation has to be renewed; `nil` for other keys, and where the key's own end is reached.
  func reservationDue(_ policy: RotationPolicy) -> NumericDate? {
    guard state == .active else { return nil }
    guard let signsUntil else { return NumericDate(0) }
    if let notAfter, signsUntil >= notAfter { return nil }
    return signsUntil.advanced(by: -policy.tokenLifetime - policy.reservation / 2)
  }
}

extension KeyRingState {
  /// When the JWKS will change next, as far as that can be foreseen: caches should not keep it for longer.
  public func nextPublication(_ policy: RotationPolicy) -> NumericDate? {
    (rotations(policy) + keys(.retired).compactMap { $0.removableFrom(policy) }).min()
  }

  /// The same for the keys of one algorithm.
  public func nextPublication(_ policy: RotationPolicy, of algorithm: Algorithm) -> NumericDate? {
    (rotations(policy.with([algorithm])) + keys(.retired, algorithm).compactMap { $0.removableFrom(policy) })
      .min()
  }

  /// When a step will next have something to do. A change that is possible at once has been pending since the latest change.
  public func nextDue(_ policy: RotationPolicy) -> NumericDate? {
    if isDueAtOnce(policy) { return changedAt ?? NumericDate(0) }
    return
      (rotations(policy) + keys.compactMap { $0.removableFrom(policy) }
      + keys.compactMap { $0.reservationDue(policy) }).min()
  }

  private func isDueAtOnce(_ policy: RotationPolicy) -> Bool {
    if policy != self.policy || inheritedUntil == Self.notBegun { return true }
    if policy.algorithms.contains(where: { standby(for: $0) == nil }) { return true }
    return publication(policy) == .served && keys.contains(where: \.isUnserved)
  }

  /// How the JWKS reaches verifiers while the ring moves from one way to another.
  private func publication(_ next: RotationPolicy) -> RotationPolicy.Publication {
    policy.publication == .served ? next.publication : .exported
  }

  /// When standbys will take over.
  private func rotations(_ policy: RotationPolicy) -> [NumericDate] {
    policy.algorithms.compactMap { takeover(of: $0, policy) }
  }

  /// When the standby of an algorithm will take over; `nil` while that can't be said.
  public func takeover(of algorithm: Algorithm, _ policy: RotationPolicy) -> NumericDate? {
    guard let known = standby(for: algorithm)?.maySignFrom(policy) else { return nil }
    guard let active = activeKey(for: algorithm), let since = active.activatedAt else { return known }
    let end = active.notAfter?.advanced(by: -policy.tokenLifetime)
    let due = since.advanced(by: policy.rotationPeriod)
    return max(known, min(due, end ?? due))
  }
}
