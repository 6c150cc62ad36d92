@testable import JOSECore
@testable import KeyRotation

extension Target {
  /// Inputs from which libFuzzer starts.
  func seeds() throws -> [[UInt8]] {
    switch self {
    case .json: texts(Self.documents + Self.claimSets)
    case .base64url: texts(["", "AA", "AAE", "Zm9vYmFy", "_-_-"])
    case .jws: texts(Self.tokens)
    case .jwks: try Self.sets()
    case .pem: try Self.keys()
    case .manifest: try Self.manifests()
    case .audit: try texts(Self.entries())
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
    let header = encoded(#"{"alg":"HS256","typ":"JWT"}"#)
    let signature = String(repeating: "A", count: 43)
    return claimSets.map { "\(header).\(encoded($0)).\(signature)" }
      + ["\(encoded(#"{"alg":"ES256","kid":"a","crit":["b64"]}"#)).e30.\(signature)"]
  }

  private static func encoded(_ text: String) -> String { Base64URL.encode(Array(text.utf8).span) }

  private static let algorithms: [Algorithm] = [.es256, .edDSA, .rs256]

  private static func sets() throws -> [[UInt8]] {
    let keys = try algorithms.map { try RingSigningKey.generate($0) }
    let ring = try KeyRingState.new(keys.compactMap(\.newKey), policy: .standard.with(algorithms), at: start).ring
    return [try KeyRingSnapshot(ring, signingKeys: keys).jwksBytes, Array(#"{"keys":[]}"#.utf8)]
  }

  private static func keys() throws -> [[UInt8]] {
    try [PrivateKey.generate(.ec(.p256)), PrivateKey.generate(.okp(.ed25519))].flatMap { key in
      try [key.pem().withBytes { $0.map { $0 } }, Array(key.publicKey.pem().utf8)]
    }
  }

  private static func manifests() throws -> [[UInt8]] {
    let new = try [Algorithm.es256, .es256].compactMap { try RingSigningKey.generate($0).newKey }
    let first = try KeyRingState.new(new, policy: .standard.with([.es256]), at: start)
    let entry = try AuditEntry.following(nil, first, actor: "test", at: start)
    let later = start.advanced(by: 86_400 * 100)
    let missing = try first.ring.step(first.ring.policy, at: later).missing
    let more = try missing.compactMap { try RingSigningKey.generate($0).newKey }
    let second = try first.ring.step(first.ring.policy, at: later, newKeys: more)
    return [
      RingManifest(ring: first.ring, latest: entry).bytes, RingManifest(ring: second.ring, latest: nil).bytes,
    ]
  }

  private static func entries() throws -> [String] {
    let new = try [Algorithm.es256].compactMap { try RingSigningKey.generate($0).newKey }
    let step = try KeyRingState.new(new, policy: .standard.with([.es256]), at: start)
    let first = try AuditEntry.following(nil, step, actor: "test", at: start)
    let second = try AuditEntry.following(first, step, actor: "test", at: start)
    return [first, second].compactMap { $0?.line }
  }

  private static let start = NumericDate(1_800_000_000)
}
