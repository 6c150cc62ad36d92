public import JOSECore

/// One of the JWK Sets that a ring is published as.
///
/// Verifiers should ignore keys that they don't understand (RFC 7517 §5), and some drop the whole set instead: go-jose, and
/// with it go-oidc, does for Ed448. So such keys get a set of their own, and nobody else comes across them. Which set a key
/// is in follows from the key alone: it never moves.
public struct PublishedSet: Sendable {
  /// Beside the others, under `.well-known`.
  public let fileName: String
  public let jwks: JWKSet
  /// As it is served, rendered once.
  public let bytes: [UInt8]

  init(_ fileName: String, _ keys: [PublicJWK]) {
    (self.fileName, jwks) = (fileName, JWKSet(keys))
    bytes = jwks.bytes
  }
}

extension KeyRingState {
  /// The set for everyone, and one for each kind of key that some can't read.
  public var publishedSets: [PublishedSet] {
    get throws(JOSEError) {
      let all = try jwks.keys
      let (rare, common) = (all.filter(\.isRare), all.filter { !$0.isRare })
      let sets = [PublishedSet("jwks.json", common)]
      return rare.isEmpty ? sets : sets + [PublishedSet("jwks-ed448.json", rare)]
    }
  }
}

extension PublicJWK {
  fileprivate var isRare: Bool { key.kind == .okp(.ed448) }
}

/// How long a class of verifiers may go on accepting a revoked key.
package struct ExposureWindow: Sendable, Hashable {
  package let verifiers: String
  /// Seconds; `nil` where nothing bounds it.
  package let seconds: Int64?

  /// What verifiers in the field do, from their sources and documentation. A revocation reaches each when its cached
  /// JWKS runs out, or when a token names a `kid` that it doesn't know. They count from the revocation, or from its export.
  package static func windows(_ policy: RotationPolicy) -> [ExposureWindow] {
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
