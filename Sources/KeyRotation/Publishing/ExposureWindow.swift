/// How long a class of verifiers may go on accepting a revoked key.
public struct ExposureWindow: Sendable, Hashable {
  public let verifiers: String
  /// Seconds; `nil` where nothing bounds it.
  public let seconds: Int64?

  /// What verifiers in the field do, from their sources and documentation. A revocation reaches each when its cached
  /// JWKS runs out, or when a token names a `kid` that it doesn't know. They count from the revocation, or from its export.
  public static func windows(_ policy: RotationPolicy) -> [ExposureWindow] {
    let late = policy.lag + policy.cdnTime
    let shared = policy.maxAge + late
    return [
      ExposureWindow(verifiers: "heeding Cache-Control", seconds: shared),
      ExposureWindow(verifiers: "panva/jose, 10 min cache", seconds: 600 + late),
      ExposureWindow(verifiers: "Istio, 20 min cache", seconds: 1200 + late),
      ExposureWindow(verifiers: "AWS API Gateway, 1 h cache", seconds: 3600 + late),
      ExposureWindow(verifiers: "Microsoft.IdentityModel, 12 h cache", seconds: 43_200 + late),
      ExposureWindow(
        verifiers: "within this policy's verifier_bound", seconds: max(shared, policy.verifierBound + late)),
      ExposureWindow(verifiers: "refetching on an unknown kid only (go-oidc)", seconds: nil),
    ]
  }
}
