public import JOSE
public import JWA

/// The state of a key ring: which keys there are and what each is for. It holds no secrets.
///
/// Changes are pure functions of state, policy and time that answer with a new state; stores make them durable.
public struct KeyRing: Sendable, Hashable {
  /// Grows by one with every durable change.
  public internal(set) var epoch: Int
  /// In order of publication.
  public internal(set) var keys: [RingKey]

  /// The last integer that all readers of JSON agree on (RFC 8259 §6): no ring gets there but by a forged manifest.
  static let lastEpoch = (1 << 53) - 1

  init(epoch: Int, keys: [RingKey]) { (self.epoch, self.keys) = (epoch, keys) }

  public subscript(keyID: String) -> RingKey? { keys.first { $0.keyID == keyID } }

  /// The algorithms that the ring signs with, in order of first publication.
  public var algorithms: [Algorithm] {
    keys.filter { $0.state != .retired }.map(\.algorithm).reduce(into: []) { list, algorithm in
      if !list.contains(algorithm) { list.append(algorithm) }
    }
  }

  public func activeKey(for algorithm: Algorithm) -> RingKey? {
    keys.first { $0.algorithm == algorithm && $0.state == .active }
  }

  public func standby(for algorithm: Algorithm) -> RingKey? {
    keys.first { $0.algorithm == algorithm && $0.state == .published }
  }

  /// Everything a verifier may need: standbys, active keys and those whose tokens may live.
  public var jwks: JWKSet {
    get throws(JWKError) {
      var jwks: [PublicJWK] = []
      for key in keys {
        jwks.append(try PublicJWK(key.publicKey, algorithm: key.algorithm, keyID: key.keyID))
      }
      return JWKSet(jwks)
    }
  }
}
