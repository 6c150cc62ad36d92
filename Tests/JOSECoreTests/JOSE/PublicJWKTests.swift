import JOSECore
import Testing

@Suite("Public JWKs")
struct PublicJWKTests {
  static let kinds: [KeyKind] = [
    .rsa(modulusBits: 2048), .ec(.p256), .ec(.p384), .ec(.p521), .okp(.ed25519), .okp(.ed448),
  ]

  @Test("come back from their JSON", arguments: kinds)
  func roundTrip(_ kind: KeyKind) throws {
    let jwk = try PublicJWK(PrivateKey.generate(kind).publicKey, keyID: "k")
    #expect(try PublicJWK(jwk.json) == jwk)
    #expect(jwk.json["use"] == "sig")
    #expect(jwk.json["d"] == nil)
  }

  @Test("have only public members", arguments: kinds)
  func members(_ kind: KeyKind) throws {
    let jwk = try PublicJWK(PrivateKey.generate(kind).publicKey)
    let allowed: Set = ["kty", "n", "e", "crv", "x", "y", "use", "alg", "kid"]
    #expect(Set(jwk.json.members.map(\.name)).isSubset(of: allowed))
  }

  @Test(
    "with private or symmetric members are refused, so that a leak is heard of",
    arguments: [
      Published.ec, Published.okp, Published.rsa, Published.oct,
      Published.rsa.with("d", nil), Published.rsaPublic.with("p", "AQAB"),
      Published.rsaPublic.with("qi", "AQAB"),
      Published.rsaPublic.with("oth", []), Published.ecPublic.with("k", "AAAA"),
    ])
  func privateMembers(_ jwk: JSONObject) {
    #expect(
      throws: JOSEError.wrongKind("a public key is expected, and this JWK holds a private or symmetric one")
    ) { try PublicJWK(jwk) }
  }

  @Test(
    "that are for encryption, or not for verifying, are refused",
    arguments: [
      ("use", "enc"), ("use", "SIG"), ("use", ""), ("key_ops", ["sign"]), ("key_ops", []),
      ("key_ops", ["encrypt", "wrapKey"]), ("key_ops", "verify"),
    ] as [(String, JSONValue)])
  func use(_ name: String, _ value: JSONValue) {
    let shown = name == "use" ? value.string ?? "" : value.description
    #expect(throws: JOSEError.unsupported(member: name, value: shown)) {
      try PublicJWK(Published.ecPublic.with(name, value))
    }
  }

  @Test(
    "that are for signatures are taken",
    arguments: [("use", "sig"), ("key_ops", ["verify"]), ("key_ops", ["sign", "verify"]), ("x5c", [])]
      as [(String, JSONValue)])
  func signatureUse(_ name: String, _ value: JSONValue) throws {
    #expect(try PublicJWK(Published.ecPublic.with(name, value)).key.kind == .ec(.p256))
  }

  @Test(
    "of an unknown kty, crv or alg are refused by its name",
    arguments: [
      (Published.ecPublic, "kty", "AKP"), (Published.ecPublic, "kty", "ec"),
      (Published.ecPublic, "crv", "secp256k1"),
      (Published.ecPublic, "crv", "P-224"), (Published.okpPublic, "crv", "X25519"),
      (Published.okpPublic, "crv", "P-256"), (Published.okpPublic, "kty", "O\u{212a}P"),
      (Published.ecPublic, "alg", "none"), (Published.ecPublic, "alg", "ES256K"),
      (Published.rsaPublic, "alg", "RSA-OAEP-256"),
    ])
  func unknown(_ jwk: JSONObject, _ name: String, _ value: String) {
    let error = JOSEError.unsupported(member: name, value: value)
    #expect(throws: error) { try PublicJWK(jwk.with(name, .string(value))) }
    #expect(error.description == "the JWK's \(name) is \(value.debugDescription), which is not supported")
  }

  @Test(
    "whose alg does not fit the key are refused",
    arguments: [
      (Published.ecPublic, "ES384"), (Published.ecPublic, "RS256"), (Published.okpPublic, "Ed448"),
      (Published.okpPublic, "ES256"), (Published.rsaPublic, "EdDSA"), (Published.rsaPublic, "HS256"),
    ])
  func unfitting(_ jwk: JSONObject, _ algorithm: String) throws {
    let reason = try #require(refusal { try PublicJWK(jwk.with("alg", .string(algorithm))) })
    #expect(reason.hasPrefix("the JWK is refused: \(algorithm) needs "), "\(reason)")
  }

  @Test(
    "without a member that they need are refused by its name",
    arguments: [
      (Published.ecPublic, ["kty", "crv", "x", "y"]), (Published.okpPublic, ["kty", "crv", "x"]),
      (Published.rsaPublic, ["kty", "n", "e"]),
    ])
  func missing(_ jwk: JSONObject, _ names: [String]) {
    for name in names {
      #expect(throws: JOSEError.missing(name)) { try PublicJWK(jwk.with(name, nil)) }
      #expect(throws: JOSEError.wrongType(member: name, found: "an integer, not a string")) {
        try PublicJWK(jwk.with(name, 1))
      }
    }
  }

  @Test("whose members are no base64url are refused by the member")
  func encoding() {
    for (jwk, name) in [(Published.ecPublic, "x"), (Published.okpPublic, "x"), (Published.rsaPublic, "n")] {
      #expect(throws: JOSEError.encoding(member: name, .invalidCharacter(0x3d, position: 3))) {
        try PublicJWK(jwk.with(name, "AAA="))
      }
    }
  }

  @Test("whose coordinates are too short or too long are refused (RFC 7518 §6.2.1.2)")
  func coordinates() throws {
    for name in ["x", "y"] {
      let bytes = try Base64URL.decode(Published.ecPublic[name]?.string ?? "")
      for wrong in [Array(bytes.dropFirst()), [0] + bytes, []] {
        #expect(throws: JOSEError.self) {
          try PublicJWK(Published.ecPublic.with(name, .string(wrong.base64URL)))
        }
      }
    }
    for wrong in ["", "AAAA", String(repeating: "A", count: 76)] {
      #expect(throws: JOSEError.self) { try PublicJWK(Published.okpPublic.with("x", .string(wrong))) }
    }
  }

  @Test("whose point is off the curve are refused")
  func offCurve() throws {
    for name in ["x", "y"] {
      var bytes = try Base64URL.decode(Published.ecPublic[name]?.string ?? "")
      bytes[31] ^= 1
      #expect(throws: JOSEError.self) {
        try PublicJWK(Published.ecPublic.with(name, .string(bytes.base64URL)))
      }
    }
  }

  @Test(
    "of RSA with an even, zero or one exponent, or a short modulus, are refused",
    arguments: [("e", "Ag"), ("e", "AA"), ("e", "AQ"), ("e", ""), ("e", "AQAA"), ("n", "AQAB"), ("n", "")])
  func rsa(_ name: String, _ value: String) {
    #expect(throws: JOSEError.self) { try PublicJWK(Published.rsaPublic.with(name, .string(value))) }
  }

  @Test("of RSA with 1024 bits are refused with their size")
  func shortRSA() {
    let n = [UInt8](repeating: 0xc1, count: 128)
    #expect(throws: JOSEError.jwk(.modulusTooShort(bits: 1024))) {
      try PublicJWK(Published.rsaPublic.with("n", .string(n.base64URL)))
    }
  }

  @Test("refuse a built-in algorithm that does not fit their key")
  func built() throws {
    let key = try PublicJWK(Published.ecPublic).key
    #expect(throws: JOSEError.jwk(.wrongKey(algorithm: .es512, key: .ec(.p256)))) {
      try PublicJWK(key, algorithm: .es512)
    }
    #expect(throws: JOSEError.jwk(.wrongKeyType(algorithm: .hs256))) { try PublicJWK(key, algorithm: .hs256) }
  }
}
