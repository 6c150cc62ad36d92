public import JOSECore

/// One key of a ring, without its private half.
public struct RingKey: Sendable, Hashable {
  /// The RFC 7638 thumbprint of the public key, or the name by which verifiers know a key that was imported.
  public let keyID: String
  /// The RFC 7638 thumbprint: what a name stands for, so that it can't be made to point to another key.
  public let thumbprint: String
  /// The name that tokens signed with this key carry.
  public let algorithm: Algorithm
  public let publicKey: PublicKey
  /// Whether no JWKS without this key can be cached anywhere: it was in the ring's first, or verifiers knew it before.
  public let isOriginal: Bool
  public internal(set) var publishedAt: NumericDate
  /// When the JWKS with this key was first known to be there for all to fetch: the step after the one that published it,
  /// or the confirmation of an export. `nil` before.
  public internal(set) var servedAt: NumericDate?
  /// How long a JWKS without this key may be kept, by the policies in force when it was published. Seconds.
  public internal(set) var propagation: Int64
  public internal(set) var activatedAt: NumericDate?
  public internal(set) var retiredAt: NumericDate?
  public internal(set) var revokedAt: NumericDate?
  public internal(set) var revocationReason: String?
  /// No token of this key expires later: reserved ahead and durable before it is used, so that a crash errs late.
  public internal(set) var signsUntil: NumericDate?
  /// The key's own end, which no token's `exp` passes.
  public internal(set) var notAfter: NumericDate?

  public enum State: String, Sendable, Hashable {
    /// In the JWKS, not signing yet.
    case published
    /// In the JWKS, signing.
    case active
    /// In the JWKS, its private half destroyed.
    case retired
    /// Out of the JWKS at once, its private half destroyed.
    case revoked
  }

  public var state: State {
    if revokedAt != nil { return .revoked }
    if retiredAt != nil { return .retired }
    return activatedAt != nil ? .active : .published
  }

  /// Whether a wait is yet to begin.
  var isUnserved: Bool { servedAt == nil && (state == .published || state == .active) }

  /// Whether it may not sign before it is known everywhere.
  var isWaiting: Bool { state == .published && !isOriginal }

  init(
    _ new: NewKey, isOriginal: Bool, propagation: Int64, publishedAt: NumericDate, servedAt: NumericDate?
  ) throws(KeyRingError) {
    do {
      _ = try VerificationKey(new.algorithm, new.publicKey)  // refuses an algorithm that doesn't fit the key
    } catch { throw .key(error) }
    do { thumbprint = try new.publicKey.thumbprint() } catch { throw .key(error) }
    keyID = new.keyID ?? thumbprint
    (algorithm, publicKey) = (new.algorithm, new.publicKey)
    (self.isOriginal, self.propagation) = (isOriginal, propagation)
    (self.publishedAt, self.servedAt) = (publishedAt, servedAt)
    notAfter = new.notAfter
  }

  /// From when this key may sign: not before every JWKS that anyone may hold has it. `nil` while that can't be said.
  public func maySignFrom(_ policy: RotationPolicy) -> NumericDate? {
    if isOriginal { return publishedAt }
    return servedAt?.advanced(by: max(propagation, policy.propagation))
  }

  /// From when a key that signs no more is needed by nobody.
  public func removableFrom(_ policy: RotationPolicy) -> NumericDate? {
    guard let end = revokedAt ?? retiredAt else { return nil }
    return max(end, signsUntil ?? end).advanced(by: policy.retention)
  }
}

/// A new key pair's public half, offered to a step for publication.
package struct NewKey: Sendable {
  package let algorithm: Algorithm
  package let publicKey: PublicKey
  /// The `kid` of a key that verifiers know by another name than its thumbprint.
  package let keyID: String?
  /// Where the key has an end of its own: no token of it expires later.
  package let notAfter: NumericDate?

  package init(
    _ algorithm: Algorithm, _ publicKey: PublicKey, keyID: String? = nil, notAfter: NumericDate? = nil
  ) {
    (self.algorithm, self.publicKey, self.keyID, self.notAfter) = (algorithm, publicKey, keyID, notAfter)
  }

  /// The `kid` that it gets.
  func name() throws(JOSEError) -> String {
    if let keyID { return keyID }
    return try publicKey.thumbprint()
  }
}
