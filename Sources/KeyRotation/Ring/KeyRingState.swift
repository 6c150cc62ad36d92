public import JOSECore

/// The state of a key ring: which keys there are and what each is for. It holds no secrets.
///
/// Changes are pure functions of state, policy and time that answer with a new state; stores make them durable.
public struct KeyRingState: Sendable, Hashable {
  /// Grows by one with every durable change.
  public internal(set) var epoch: Int
  /// The policy of the latest step.
  public internal(set) var policy: RotationPolicy
  /// In order of publication.
  public internal(set) var keys: [RingKey]
  /// What earlier policies allowed: until `inheritedUntil` there may be a JWKS that is kept for `inheritedPropagation`.
  var inheritedPropagation: Int64 = 0
  var inheritedUntil = NumericDate(0)
  /// An end that is not known yet, since the change that it counts from has to be durable first.
  static let notBegun = NumericDate.lastOfYear9999
  /// When the latest change was worked out, by its writer's clock.
  package internal(set) var changedAt: NumericDate?
  /// From where the clock was set back, until it is there again.
  var setBackFrom: NumericDate?

  /// The last integer that all readers of JSON agree on (RFC 8259 §6): no ring gets there but by a forged manifest.
  static let lastEpoch = (1 << 53) - 1

  init(epoch: Int, policy: RotationPolicy, keys: [RingKey]) {
    (self.epoch, self.policy, self.keys) = (epoch, policy, keys)
  }

  public subscript(keyID: String) -> RingKey? { keys.first { $0.keyID == keyID } }

  public func keys(_ state: RingKey.State, _ algorithm: Algorithm? = nil) -> [RingKey] {
    keys.filter { $0.state == state && (algorithm == nil || $0.algorithm == algorithm) }
  }

  public func activeKey(for algorithm: Algorithm) -> RingKey? { keys(.active, algorithm).first }

  /// The next to sign: the oldest of the published keys.
  public func standby(for algorithm: Algorithm) -> RingKey? { keys(.published, algorithm).first }

  /// Everything a verifier may need: standbys, active keys, and retired keys whose tokens may live.
  public var jwks: JWKSet {
    get throws(JOSEError) {
      var jwks: [PublicJWK] = []
      for key in keys where key.state != .revoked {
        jwks.append(try PublicJWK(key.publicKey, algorithm: key.algorithm, keyID: key.keyID))
      }
      return JWKSet(jwks)
    }
  }
}

extension KeyRingState {
  /// What decides a ring's future beside policy and keys, for comparing rings: times count from `now`.
  package func modelState(since now: NumericDate) -> [Int64] {
    let isOver = inheritedUntil <= now
    return [
      isOver ? 0 : inheritedPropagation, isOver ? 0 : inheritedUntil.seconds(since: now),
      changedAt?.seconds(since: now) ?? .max, setBackFrom?.seconds(since: now) ?? .max,
    ]
  }
}

/// The first state of a ring and its private keys: for each algorithm an active key and a standby.
struct NewRing {
  let step: RotationStep
  let keys: [RingSigningKey]

  /// - Parameter imported: a key that verifiers know already; it becomes the active key of its algorithm.
  init(
    _ policy: RotationPolicy, importing imported: RingSigningKey? = nil, at now: NumericDate
  ) throws(KeyRingError) {
    try policy.check()
    var keys: [RingSigningKey] = imported.map { [$0] } ?? []
    for algorithm in policy.algorithms {
      let missing = algorithm == imported?.algorithm ? 1 : 2
      for _ in 0..<missing { keys.append(try .generate(algorithm)) }
    }
    self.keys = keys
    step = try KeyRingState.new(
      keys.compactMap(\.newKey), imported: imported?.keyID, policy: policy, at: now)
  }
}

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
  /// When the JWKS will change next, as far as that can be foreseen.
  public func nextPublication(_ policy: RotationPolicy) -> NumericDate? {
    (rotations(policy) + keys(.retired).compactMap { $0.removableFrom(policy) }).min()
  }

  /// The same for the keys of one algorithm.
  public func nextPublication(_ policy: RotationPolicy, of algorithm: Algorithm) -> NumericDate? {
    (rotations(policy.with([algorithm])) + keys(.retired, algorithm).compactMap { $0.removableFrom(policy) })
      .min()
  }

  /// When the JWKS will next get a key: with a standby that takes over, the one after it is published.
  var nextNewKey: NumericDate? { rotations(policy).min() }

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
