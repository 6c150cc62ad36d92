import KeyRotation

/// What verifiers of a kind do with a JWKS that they have fetched.
package struct VerifierClass: Sendable, Hashable {
  package let name: String
  /// For how many seconds it is kept; `nil` for those that fetch again only on a `kid` they don't know.
  package let keep: Int64?
  /// Those wait as long between two fetches.
  var cooldown: Int64 = 0

  /// What is found in the field, as `ExposureWindow.windows(_:)` lists it.
  static func all(_ policy: RotationPolicy) -> [VerifierClass] {
    [
      VerifierClass(name: "heeding Cache-Control", keep: policy.maxAge),
      VerifierClass(name: "panva/jose, 10 min", keep: 600),
      VerifierClass(name: "Istio, 20 min", keep: 1200),
      VerifierClass(name: "AWS API Gateway, 1 h", keep: 3600),
      VerifierClass(name: "Microsoft.IdentityModel, 12 h", keep: 43_200),
      VerifierClass(name: "as long as verifier_bound", keep: policy.verifierBound),
      VerifierClass(name: "go-oidc, on an unknown kid", keep: nil, cooldown: 30),
    ]
  }

  /// Whether a policy promises anything to them: those who keep a JWKS for longer than it says are on their own, and who
  /// may not fetch keeps it too.
  func isCovered(by policy: RotationPolicy) -> Bool {
    keep ?? cooldown <= max(policy.maxAge, policy.verifierBound)
  }
}
