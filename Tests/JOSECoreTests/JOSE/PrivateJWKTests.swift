import JOSECore
import Testing

@Suite("Private JWKs")
struct PrivateJWKTests {
  @Test(
    "sign what their public half verifies",
    arguments: [
      (Published.ec, Algorithm.es256), (Published.okp, .edDSA), (Published.okp, .ed25519),
      (Published.rsa, .rs256), (Published.rsa, .ps512),
    ])
  func sign(_ jwk: JSONObject, _ algorithm: Algorithm) throws {
    let key = try PrivateJWK(jwk.with("alg", .string(algorithm.rawValue)))
    let signature = try key.signingKey().signature(of: [1, 2, 3])
    let publicJWK = try #require(try key.publicJWK)
    #expect(try VerificationKey(algorithm, publicJWK.key).accepts(signature, for: [1, 2, 3]))
    #expect(publicJWK.algorithm == algorithm)
  }

  @Test("keep their kid in the public half, which has none of the private members")
  func publicHalf() throws {
    let jwk = try #require(try PrivateJWK(Published.rsa.with("kid", "k1").with("alg", "PS256")).publicJWK)
    #expect(jwk.keyID == "k1")
    #expect(jwk.json.members.map(\.name) == ["kty", "n", "e", "use", "alg", "kid"])
  }

  @Test("of RSA work without the primes, which may be absent together (RFC 7518 §6.3.2)")
  func withoutPrimes() throws {
    var jwk = Published.rsa
    for name in ["p", "q", "dp", "dq", "qi"] { jwk[name] = nil }
    let (key, whole) = (try PrivateJWK(jwk), try PrivateJWK(Published.rsa))
    #expect(try key.signingKey(.rs256).signature(of: [1]) == whole.signingKey(.rs256).signature(of: [1]))
  }

  @Test("of RSA with d of another key are refused, with the primes and without")
  func foreignRSA() throws {
    var d = try Base64URL.decode(Published.rsa["d"]?.string ?? "")
    d[200] ^= 2
    var jwk = Published.rsa.with("d", .string(d.base64URL))
    let error = JOSEError.jwk(.invalidKey("the private and the public half don't belong together"))
    #expect(throws: error) { try PrivateJWK(jwk) }
    for name in ["p", "q", "dp", "dq", "qi"] { jwk[name] = nil }
    #expect(throws: error) { try PrivateJWK(jwk) }
  }

  @Test(
    "of RSA with some of the primes only are refused by what is missing",
    arguments: ["p", "q", "dp", "dq", "qi"])
  func somePrimes(_ name: String) {
    #expect(throws: JOSEError.missing(name)) { try PrivateJWK(Published.rsa.with(name, nil)) }
  }

  @Test("of RSA with a wrong prime or coefficient are refused", arguments: ["p", "q", "dp", "dq", "qi"])
  func wrongPrime(_ name: String) throws {
    var bytes = try Base64URL.decode(Published.rsa[name]?.string ?? "")
    bytes[100] ^= 2
    #expect(throws: JOSEError.self) { try PrivateJWK(Published.rsa.with(name, .string(bytes.base64URL))) }
  }

  @Test("of RSA with more than two primes are refused")
  func multiPrime() {
    #expect(throws: JOSEError.unsupported(member: "oth", value: "more than two primes")) {
      try PrivateJWK(Published.rsa.with("oth", []))
    }
  }

  @Test("of RSA with an even exponent are refused", arguments: ["Ag", "AQAA", "AQ", "AA", ""])
  func evenExponent(_ e: String) {
    #expect(throws: JOSEError.self) { try PrivateJWK(Published.rsa.with("e", .string(e))) }
  }

  @Test("whose d does not belong to x and y are refused")
  func foreignD() throws {
    let other = try Base64URL.decode(Published.okp["d"]?.string ?? "")
    #expect(throws: JOSEError.jwk(.invalidKey("the private and the public half don't belong together"))) {
      try PrivateJWK(Published.ec.with("d", .string(other.base64URL)))
    }
    let ecD = try Base64URL.decode(Published.ec["d"]?.string ?? "")
    #expect(throws: JOSEError.jwk(.invalidKey("x is not the public half of d"))) {
      try PrivateJWK(Published.okp.with("d", .string(ecD.base64URL)))
    }
  }

  @Test(
    "whose d has a wrong length or value are refused",
    arguments: [0, 1, 31, 33, 57, 66])
  func lengthOfD(_ count: Int) {
    let d = [UInt8](repeating: 1, count: count).base64URL
    #expect(throws: JOSEError.jwk(.invalidKey("d has \(count) bytes; P-256 needs 32"))) {
      try PrivateJWK(Published.ec.with("d", .string(d)))
    }
    #expect(throws: JOSEError.self) { try PrivateJWK(Published.okp.with("d", .string(d))) }
  }

  /// SEC 1 §3.2.1: d lies in [1, n - 1].
  @Test("of EC whose d is 0, or the order of the curve, or beyond it are refused")
  func rangeOfD() {
    let order = "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE"
    for d in [
      [UInt8](repeating: 0, count: 32).base64URL, order, [UInt8](repeating: 0xff, count: 32).base64URL,
    ] {
      #expect(throws: JOSEError.self) { try PrivateJWK(Published.ec.with("d", .string(d))) }
    }
  }

  @Test(
    "a public JWK is refused as a private one",
    arguments: [Published.ecPublic, Published.okpPublic, Published.rsaPublic])
  func publicForPrivate(_ jwk: JSONObject) {
    #expect(throws: JOSEError.wrongKind("a private key is expected, and this JWK holds a public one")) {
      try PrivateJWK(jwk)
    }
  }

  @Test(
    "for encryption, or not for signing, are refused (RFC 7517 §4.2, §4.3)",
    arguments: [("use", "enc"), ("key_ops", ["verify"]), ("key_ops", ["decrypt"]), ("key_ops", [])]
      as [(String, JSONValue)])
  func use(_ name: String, _ value: JSONValue) {
    // A secret that may only verify is still a key for us; a private key that may not sign is none.
    for jwk in [Published.ec, Published.okp, Published.oct] where jwk["k"] == nil || value != ["verify"] {
      #expect(throws: JOSEError.unsupported(member: name, value: value.string ?? value.description)) {
        try PrivateJWK(jwk.with(name, value))
      }
    }
  }

  @Test(
    "for signing are taken",
    arguments: [("use", "sig"), ("key_ops", ["sign"]), ("key_ops", ["sign", "verify"])]
      as [(String, JSONValue)])
  func signatureUse(_ name: String, _ value: JSONValue) throws {
    #expect(try PrivateJWK(Published.ec.with(name, value)).keyID == nil)
  }

  @Test("that are symmetric have no public half")
  func symmetric() throws {
    let jwk = try PrivateJWK(Published.oct.with("alg", "HS512"))
    #expect(try jwk.publicJWK == nil)
    #expect(try jwk.signingKey().signatureLength == 64)
  }

  @Test(
    "that are symmetric and too short for the algorithm they name are refused",
    arguments: [("HS256", 31), ("HS384", 47), ("HS512", 63), ("HS256", 0)])
  func shortSecret(_ name: String, _ count: Int) throws {
    let algorithm = try #require(Algorithm(rawValue: name))
    let k = [UInt8](repeating: 1, count: count).base64URL
    #expect(throws: JOSEError.jwk(.secretTooShort(algorithm: algorithm, bytes: count))) {
      try PrivateJWK(["kty": "oct", "k": .string(k), "alg": .string(name)])
    }
  }

  @Test("sign with the algorithm they name and no other")
  func algorithm() throws {
    let jwk = try PrivateJWK(Published.rsa.with("alg", "RS256"))
    #expect(throws: JOSEError.wrongKind("the JWK is for RS256, and PS256 is asked of it")) {
      try jwk.signingKey(.ps256)
    }
    #expect(throws: JOSEError.missing("alg")) { try PrivateJWK(Published.rsa).signingKey() }
    #expect(throws: JOSEError.jwk(.wrongKey(algorithm: .es384, key: .ec(.p256)))) {
      try PrivateJWK(Published.ec).signingKey(.es384)
    }
    #expect(throws: JOSEError.jwk(.wrongKeyType(algorithm: .hs256))) {
      try PrivateJWK(Published.ec).signingKey(.hs256)
    }
    #expect(throws: JOSEError.jwk(.wrongKeyType(algorithm: .es256))) {
      try PrivateJWK(Published.oct).signingKey(.es256)
    }
  }

  @Test("an error tells no secret", arguments: [Published.ec, Published.okp, Published.rsa, Published.oct])
  func errors(_ jwk: JSONObject) throws {
    let secretName = jwk["k"] == nil ? "d" : "k"
    let secret = try #require(jwk[secretName]?.string)
    let broken = [
      jwk.with(secretName, .string(secret + "=")), jwk.with(secretName, .string(secret.lowercased() + "A")),
      jwk.with("crv", "P-384"), jwk.with("alg", "none"), jwk.with("kty", "EC"),
    ]
    for jwk in broken {
      guard let reason = refusal({ try PrivateJWK(jwk) }) else { continue }
      #expect(!reason.lowercased().contains(secret.prefix(8).lowercased()))
    }
  }
}
