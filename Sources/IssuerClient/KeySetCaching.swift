#if Client
/// How long a key set is kept, and how often an issuer is asked for it.
public struct KeySetCaching: Sendable {
  /// A set is fresh for `max-age`, but no shorter and no longer than this; the upper end bounds how long a revoked key
  /// passes while the issuer is up.
  public var freshness: ClosedRange<Duration> = .seconds(10) ... .seconds(3600)
  /// For an issuer that names no `max-age`.
  public var defaultFreshness: Duration = .seconds(300)
  /// How long after its last confirmation a set is good while the issuer is away. Together with the leeway it should lie
  /// below the verifiers' bound of the issuer's rotation policy, which is a day where nothing is said.
  public var maximumStaleness: Duration = .seconds(12 * 3600)
  /// How long a `kid` that the set lacks makes nobody ask again. Tokens come from outside, so anyone can make up a `kid`.
  public var unknownKeyCooldown: Duration = .seconds(30)
  /// How long after a failure nobody asks again.
  public var retryDelay: Duration = .seconds(10)

  public init() {}

  /// RFC 9111 §4.2: for how long the answer that these headers came with is fresh.
  func lifetime(maxAge: Int64?, age: Int64) -> Duration {
    guard let maxAge else { return bounded(defaultFreshness) }
    return bounded(.seconds(max(0, maxAge - max(0, age))))
  }

  private func bounded(_ duration: Duration) -> Duration {
    min(maximumStaleness, max(freshness.lowerBound, min(freshness.upperBound, duration)))
  }
}
#endif
