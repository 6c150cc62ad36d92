public import JOSECore
import SystemSupport

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

  /// What is left out has its default. Times are in seconds.
  public init(
    algorithms: [Algorithm] = standard.algorithms, tokenLifetime: Int64 = standard.tokenLifetime,
    leeway: Int64 = standard.leeway, maxAge: Int64 = standard.maxAge, cdnTime: Int64 = standard.cdnTime,
    verifierBound: Int64 = standard.verifierBound, clockSkew: Int64 = standard.clockSkew,
    rotationPeriod: Int64 = standard.rotationPeriod, stalenessBound: Int64 = standard.stalenessBound,
    reservation: Int64 = standard.reservation, publication: Publication = standard.publication
  ) throws(KeyRingError) {
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

extension RotationPolicy {
  /// Checks a policy before it takes effect.
  public func check() throws(KeyRingError) {
    guard !algorithms.isEmpty else { throw .policy("algorithms is empty: the ring would sign nothing") }
    guard Set(algorithms).count == algorithms.count else { throw .policy("algorithms names one twice") }
    if let symmetric = algorithms.first(where: \.isSymmetric) {
      throw .policy("\(symmetric) is symmetric: its secret would have to be published")
    }
    try require(tokenLifetime, .atLeast, 1, "token_lifetime", "1s")
    try require(tokenLifetime, .atMost, 86_400, "token_lifetime", "24h, the longest that tokens may live")
    for (name, value) in [
      ("leeway", leeway), ("max_age", maxAge), ("cdn_time", cdnTime), ("clock_skew", clockSkew),
    ] {
      try require(value, .atLeast, 0, name, "0s")
    }
    try require(stalenessBound, .atLeast, 1, "staleness_bound", "1s")
    try require(reservation, .atLeast, 1, "reservation", "1s")
    // The standby that is published when a key becomes active must be known everywhere when that key's time is over.
    try require(
      rotationPeriod, .atLeast, propagation, "rotation_period",
      (publication == .served ? "staleness_bound + clock_skew + " : "")
        + "cdn_time + max(max_age, verifier_bound) + clock_skew = \(DurationFormat.setting(propagation))")
    // A process that hears late of a rotation signs on for R; the standby after the next must not overtake it.
    try require(
      rotationPeriod, .atLeast, stalenessBound + clockSkew, "rotation_period", "staleness_bound + clock_skew")
  }

  private enum Relation: String {
    case atLeast = "≥"
    case atMost = "≤"
  }

  private func require(
    _ value: Int64, _ relation: Relation, _ bound: Int64, _ name: String, _ boundName: String
  ) throws(KeyRingError) {
    guard relation == .atLeast ? value < bound : value > bound else { return }
    throw .policy(
      "\(name) \(relation.rawValue) \(boundName) fails: \(name) is \(DurationFormat.setting(value)) (\(value) s), "
        + "and the bound is \(bound) s")
  }
}
