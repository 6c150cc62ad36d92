public import JWA

/// What a ring signs with, and the times that decide when a key may sign and when it may go. Times are in seconds.
///
/// A policy can be built only if it can keep the promise: `init(_:)` refuses one that can't, with the inequality.
public struct RotationPolicy: Sendable, Hashable {
  public let algorithms: [Algorithm]
  /// L: the longest lifetime of a token (`exp − iat`).
  public let tokenLifetime: Int64
  /// E: what verifiers add to `exp` and take from `nbf`.
  public let leeway: Int64
  /// M: `Cache-Control: max-age` of the JWKS.
  public let maxAge: Int64
  /// C: how much longer shared caches on the way keep it.
  public let cdnTime: Int64
  /// V: the longest time a verifier keeps a JWKS, whatever the headers say.
  public let verifierBound: Int64
  /// S: how far two clocks may differ.
  public let clockSkew: Int64
  /// T: how long a key signs before the standby takes over.
  public let rotationPeriod: Int64
  /// R: how long a process may sign without having confirmed that its snapshot is the ring's latest.
  public let stalenessBound: Int64
  /// W: how far ahead the latest `exp` of a key is reserved, so that not every token has to be written down.
  public let reservation: Int64
  /// How the JWKS reaches verifiers.
  public let publication: Publication

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

  /// The same times for other algorithms.
  public func with(_ algorithms: [Algorithm]) -> RotationPolicy {
    RotationPolicy(
      algorithms: algorithms, tokenLifetime: tokenLifetime, leeway: leeway, maxAge: maxAge, cdnTime: cdnTime,
      verifierBound: verifierBound, clockSkew: clockSkew, rotationPeriod: rotationPeriod,
      stalenessBound: stalenessBound, reservation: reservation, publication: publication)
  }

  /// The policy of a ring for which nothing else is said: a key for 30 days, verifiers that cache for a day.
  public static let standard = RotationPolicy(
    algorithms: [.rs256, .es256], tokenLifetime: 86_400, leeway: 10, maxAge: 3600, cdnTime: 0,
    verifierBound: 86_400, clockSkew: 60, rotationPeriod: 30 * 86_400, stalenessBound: 300, reservation: 3600,
    publication: .served)
}
