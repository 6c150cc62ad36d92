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
  var changedAt: NumericDate?
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
    get throws(JWKError) {
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
