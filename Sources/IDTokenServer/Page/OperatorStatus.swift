#if Server
public import JOSECore
public import KeyRotation

/// How an issuer is doing at one moment: what its operator's page shows.
public struct OperatorStatus: Sendable {
  public var now: NumericDate
  public var startedAt: NumericDate
  /// The issuer's URL, `iss` of its tokens.
  public var issuer: String
  public var role: KeyRing.Role
  /// Why the issuer is not ready, in words; nothing when it is.
  public var obstacles: [String]
  public var ring: KeyRingState
  /// Until when this process may sign without hearing from its store again: `KeyRing.signsUntil`.
  public var signsUntil: NumericDate
  public var figures: IssuanceStatistics

  public init(
    now: NumericDate, startedAt: NumericDate, issuer: String, role: KeyRing.Role,
    obstacles: [String] = [],
    ring: KeyRingState, signsUntil: NumericDate, figures: IssuanceStatistics = IssuanceStatistics()
  ) {
    (self.now, self.startedAt, self.issuer, self.role) = (now, startedAt, issuer, role)
    (self.obstacles, self.ring, self.signsUntil, self.figures) = (obstacles, ring, signsUntil, figures)
  }
}
#endif
