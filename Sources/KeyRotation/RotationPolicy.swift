/// The times that decide when a key may sign and when it may go. All in seconds.
public struct RotationPolicy: Sendable, Hashable {
  /// The longest lifetime of a token (`exp − iat`).
  public var tokenLifetime: Int64
  /// What verifiers add to `exp` (and take from `nbf`).
  public var leeway: Int64
  /// `Cache-Control: max-age` of the JWKS.
  public var maxAge: Int64
  /// How much longer shared caches on the way keep it.
  public var cdnTime: Int64
  /// The longest time a verifier keeps a JWKS, whatever the headers say.
  public var verifierBound: Int64
  /// How far clocks may differ.
  public var clockSkew: Int64
  /// How long a key signs before the standby takes over.
  public var rotationPeriod: Int64

  public init(
    tokenLifetime: Int64 = 86_400, leeway: Int64 = 10, maxAge: Int64 = 3600, cdnTime: Int64 = 0,
    verifierBound: Int64 = 86_400, clockSkew: Int64 = 60, rotationPeriod: Int64 = 30 * 86_400
  ) {
    (self.tokenLifetime, self.leeway) = (tokenLifetime, leeway)
    (self.maxAge, self.cdnTime, self.verifierBound) = (maxAge, cdnTime, verifierBound)
    (self.clockSkew, self.rotationPeriod) = (clockSkew, rotationPeriod)
  }

  /// Until a published key is in every JWKS that anyone may still hold: max(max-age + CDN, verifier bound) + skew.
  public var propagation: Int64 { max(maxAge + cdnTime, verifierBound) + clockSkew }

  /// How long a retired key stays published: until its last token is expired for everyone.
  public var retention: Int64 { tokenLifetime + leeway + clockSkew }
}
