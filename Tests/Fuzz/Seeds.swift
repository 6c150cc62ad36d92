@testable import JOSECore
@testable import KeyRotation

extension Parser {
  /// Inputs from which libFuzzer starts.
  func seeds() throws -> [[UInt8]] {
    switch self {
    case .json: texts(Self.documents + Self.claimSets)
    case .base64url: texts(["", "AA", "AAE", "Zm9vYmFy", "_-_-"])
    case .jws: texts(Self.tokens)
    case .jwks: try Self.sets()
    case .pem: try Self.keys()
    case .manifest: try Self.manifests().map(\.bytes)
    case .audit: try texts(Self.manifests().compactMap { $0.latest?.line })
    case .shop: texts(["snow-devil.myshopify.com", "SHOP.example.com", "a.b", "xn--bcher-kva.example"])
    case .claims: texts(Self.claimSets)
    }
  }

  private func texts(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  private static let documents = [
    "null", "[1, -2, 3.5e-7, 9223372036854775807, 1e308]", #"["é", "\u00e9\ud83d\ude00\n", ""]"#,
    #"{"a": {"b": [true, false, null]}, "c": "x"}"#,
  ]

  private static let claimSets = [
    """
    {"iss":"https://snow-devil.myshopify.com/admin","dest":"https://snow-devil.myshopify.com","aud":"my-app",\
    "sub":"42","exp":1800000060,"nbf":1800000000,"iat":1800000000,"jti":"6f8f0f3e-6f0a-4a52-9d5e-5b1f4f0f3a10",\
    "sid":"5e5e"}
    """,
    #"{"iss":"https://id.example.com","sub":"42","aud":["a","b"],"azp":"a","exp":1800000060.5,"iat":1800000000}"#,
  ]

  private static var tokens: [String] {
    let headers = [#"{"alg":"HS256","typ":"JWT"}"#, #"{"alg":"ES256","kid":"a","crit":["b64"]}"#]
    return headers.flatMap { header in
      claimSets.map { token(header, Array($0.utf8), Array(repeating: 0, count: 32)) }
    }
  }

  private static func sets() throws -> [[UInt8]] {
    try [ring([.es256, .edDSA, .rs256]).step.ring.jwks.bytes, Array(#"{"keys":[]}"#.utf8)]
  }

  private static func keys() throws -> [[UInt8]] {
    try [.ec(.p256), .okp(.ed25519), .rsa(modulusBits: 2048)].flatMap { (kind: KeyKind) in
      let key = try PrivateKey.generate(kind)
      return try [key.pem().withBytes { $0.map { $0 } }, Array(key.publicKey.pem().utf8)]
    }
  }

  /// A new ring, and what a rotation and a revocation make of it.
  private static func manifests() throws -> [RingManifest] {
    let first = try ring([.es256, .edDSA]).step
    var manifests = try [
      RingManifest(ring: first.ring, latest: .following(nil, first, actor: "fuzz", at: start))
    ]
    for (days, request) in [
      (1, nil), (40, nil), (41, .revoke(keyID: first.ring.keys[0].keyID, reason: "test")),
    ]
      as [(Int64, RotationRequest?)]
    {
      manifests +=
        manifests.last.flatMap { step($0, at: start.advanced(by: days * 86_400), request) }.map { [$0] } ?? []
    }
    return manifests
  }

  private static func ring(_ algorithms: [Algorithm]) throws -> NewRing {
    try NewRing(.standard.with(algorithms), at: start)
  }
}
