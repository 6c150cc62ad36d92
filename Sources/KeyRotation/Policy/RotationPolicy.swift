public import JOSECore

/// What a ring signs with, and the times that decide when a key may sign and when it may go. Times are in seconds.
///
/// Its initializers refuse one that can't keep the promise, with the inequality; so does every step of a ring.
public struct RotationPolicy: Sendable, Hashable {
  public internal(set) var algorithms: [Algorithm] = [.rs256, .es256]
  /// L: the longest lifetime of a token (`exp − iat`).
  public internal(set) var tokenLifetime: Int64 = 86_400
  /// E: what verifiers add to `exp` and take from `nbf`.
  public internal(set) var leeway: Int64 = 10
  /// M: `Cache-Control: max-age` of the JWKS.
  public internal(set) var maxAge: Int64 = 3600
  /// C: how much longer shared caches on the way keep it.
  public internal(set) var cdnTime: Int64 = 0
  /// V: the longest time a verifier keeps a JWKS, whatever the headers say. Where it fetches on an unknown `kid`, that is
  /// the pause that it makes between two fetches.
  public internal(set) var verifierBound: Int64 = 86_400
  /// S: how far two clocks may differ.
  public internal(set) var clockSkew: Int64 = 60
  /// T: how long a key signs before the standby takes over.
  public internal(set) var rotationPeriod: Int64 = 30 * 86_400
  /// R: how long a process may sign without having confirmed that its snapshot is the ring's latest.
  public internal(set) var stalenessBound: Int64 = 300
  /// W: how far ahead the latest `exp` of a key is reserved, so that not every token has to be written down.
  public internal(set) var reservation: Int64 = 3600
  /// How the JWKS reaches verifiers.
  public internal(set) var publication = Publication.served

  /// The standard policy.
  private init() {}

  /// What is left out has its standard value. Times are in seconds.
  public init(
    algorithms: [Algorithm] = standard.algorithms, tokenLifetime: Int64 = standard.tokenLifetime,
    leeway: Int64 = standard.leeway, maxAge: Int64 = standard.maxAge, cdnTime: Int64 = standard.cdnTime,
    verifierBound: Int64 = standard.verifierBound, clockSkew: Int64 = standard.clockSkew,
    rotationPeriod: Int64 = standard.rotationPeriod, stalenessBound: Int64 = standard.stalenessBound,
    reservation: Int64 = standard.reservation, publication: Publication = standard.publication
  ) throws(PolicyError) {
    (self.algorithms, self.tokenLifetime, self.leeway, self.maxAge) = (
      algorithms, tokenLifetime, leeway, maxAge
    )
    (self.cdnTime, self.verifierBound, self.clockSkew) = (cdnTime, verifierBound, clockSkew)
    (self.rotationPeriod, self.stalenessBound) = (rotationPeriod, stalenessBound)
    (self.reservation, self.publication) = (reservation, publication)
    try check()
  }

  public enum Publication: String, Sendable, Hashable {
    /// By a process that reads this ring: published is committed.
    case served
    /// As exported files: published is confirmed by fetching the public copy.
    case exported
  }
}

extension RotationPolicy {
  /// P: until a published key is in every JWKS that anyone may still hold. A verifier keeps for V what a shared cache may
  /// have kept for C before.
  public var propagation: Int64 { lag + cdnTime + max(maxAge, verifierBound) + clockSkew }

  /// How long a process that lags may hand out the JWKS of before a change: R by its own clock, which may lose S in that
  /// time. An export is everywhere at once, but for the CDN.
  public var lag: Int64 { publication == .served ? stalenessBound + clockSkew : 0 }

  /// How long after its latest `exp` a retired key may still be asked for.
  public var retention: Int64 { leeway + clockSkew }

  /// The same times for other algorithms. A ring checks them before it takes the policy.
  public func with(_ algorithms: [Algorithm]) -> RotationPolicy {
    var policy = self
    policy.algorithms = algorithms
    return policy
  }

  /// The policy of a ring for which nothing else is said: a key for 30 days, verifiers that cache for a day.
  public static let standard = RotationPolicy()
}
