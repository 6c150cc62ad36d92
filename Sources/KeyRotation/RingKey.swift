public import JOSE
public import JWA

/// One key of a ring, without its private half.
public struct RingKey: Sendable, Hashable {
  /// The RFC 7638 thumbprint of the public key, and nothing else: a name can't point to another key.
  public let keyID: String
  /// The name that tokens signed with this key carry.
  public let algorithm: Algorithm
  public let publicKey: PublicKey
  /// Whether the ring's first JWKS held this key: then no older JWKS without it can be cached anywhere.
  public let isOriginal: Bool
  public let publishedAt: NumericDate
  public internal(set) var activatedAt: NumericDate?
  public internal(set) var retiredAt: NumericDate?

  public enum State: String, Sendable, Hashable {
    /// In the JWKS, not signing yet.
    case published
    /// In the JWKS, signing.
    case active
    /// In the JWKS, its private half destroyed.
    case retired
  }

  public var state: State {
    if retiredAt != nil { .retired } else if activatedAt != nil { .active } else { .published }
  }

  init(
    _ publicKey: PublicKey, _ algorithm: Algorithm, isOriginal: Bool, publishedAt: NumericDate
  ) throws(KeyRingError) {
    do {
      _ = try VerificationKey(algorithm, publicKey)  // refuses an algorithm that doesn't fit the key
    } catch { throw .key(.key(error)) }
    do { keyID = try publicKey.thumbprint() } catch { throw .key(error) }
    self.algorithm = algorithm
    self.publicKey = publicKey
    self.isOriginal = isOriginal
    self.publishedAt = publishedAt
  }

  /// From when this key may sign: not before every JWKS that anyone may hold has it.
  public func mayActivate(from policy: RotationPolicy) -> NumericDate {
    isOriginal ? publishedAt : publishedAt.advanced(by: policy.propagation)
  }

  /// From when a retired key is needed by nobody.
  public func mayBeRemoved(from policy: RotationPolicy) -> NumericDate? {
    retiredAt?.advanced(by: policy.retention)
  }
}
