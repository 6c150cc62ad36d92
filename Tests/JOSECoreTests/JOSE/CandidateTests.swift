import JOSECore
import Testing

@Suite("Which keys of a set may check a token (RFC 8725 §3.1)")
struct CandidateTests {
  private func key(_ jwk: JSONObject, _ keyID: JSONValue?, _ algorithm: JSONValue? = nil) throws -> PublicJWK
  {
    try PublicJWK(jwk.with("kid", keyID).with("alg", algorithm))
  }

  @Test("with a kid: only the key of that name")
  func byKeyID() throws {
    let set = JWKSet([try key(Published.ecPublic, "one"), try key(Published.ecPublic, "two")])
    #expect(set.candidates(for: JWSHeader(algorithm: .es256, keyID: "two")).map(\.keyID) == ["two"])
    #expect(set.candidates(for: JWSHeader(algorithm: .es256, keyID: "three")).isEmpty)
    #expect(set.candidates(for: JWSHeader(algorithm: .es256, keyID: "")).isEmpty)
  }

  @Test("with a kid: not the key of that name if it can't use the algorithm")
  func keyIDAndAlgorithm() throws {
    let set = JWKSet([try key(Published.ecPublic, "one"), try key(Published.rsaPublic, "rsa", "RS256")])
    for algorithm in Algorithm.allCases where algorithm != .es256 {
      #expect(set.candidates(for: JWSHeader(algorithm: algorithm, keyID: "one")).isEmpty, "\(algorithm)")
    }
    for algorithm in Algorithm.allCases where algorithm != .rs256 {
      #expect(set.candidates(for: JWSHeader(algorithm: algorithm, keyID: "rsa")).isEmpty, "\(algorithm)")
    }
  }

  @Test("with a kid: not a key that has none")
  func namelessKey() throws {
    let set = JWKSet([try key(Published.ecPublic, nil)])
    #expect(set.candidates(for: JWSHeader(algorithm: .es256, keyID: "one")).isEmpty)
    #expect(set.candidates(for: JWSHeader(algorithm: .es256)).count == 1)
  }

  @Test("without a kid: every key that the algorithm can use")
  func withoutKeyID() throws {
    let set = JWKSet([
      try key(Published.ecPublic, "ec"), try key(Published.rsaPublic, "any"),
      try key(Published.rsaPublic, "rs256", "RS256"), try key(Published.okpPublic, "okp"),
    ])
    #expect(set.candidates(for: JWSHeader(algorithm: .rs256)).map(\.keyID) == ["any", "rs256"])
    #expect(set.candidates(for: JWSHeader(algorithm: .ps256)).map(\.keyID) == ["any"])
    #expect(set.candidates(for: JWSHeader(algorithm: .es256)).map(\.keyID) == ["ec"])
    #expect(set.candidates(for: JWSHeader(algorithm: .es384)).isEmpty)
  }

  @Test(
    "for HMAC: none, ever, so that no public key serves as a secret",
    arguments: [Algorithm.hs256, .hs384, .hs512])
  func symmetric(_ algorithm: Algorithm) throws {
    let set = JWKSet([
      try key(Published.ecPublic, "1"), try key(Published.rsaPublic, "1"), try key(Published.okpPublic, "1"),
    ])
    #expect(set.candidates(for: JWSHeader(algorithm: algorithm, keyID: "1")).isEmpty)
    #expect(set.candidates(for: JWSHeader(algorithm: algorithm)).isEmpty)
  }

  @Test("EdDSA and its fully specified names stand for each other on the same curve (RFC 9864 §2.2)")
  func edwards() throws {
    let ed448 = try PrivateKey.generate(.okp(.ed448)).publicKey
    for own in [Algorithm.edDSA, .ed25519, nil] {
      let jwk = try key(Published.okpPublic, "1", own.map { .string($0.rawValue) })
      #expect(jwk.allows(.edDSA) && jwk.allows(.ed25519))
      #expect(!jwk.allows(.ed448), "another curve")
      #expect(!jwk.allows(.es256))
    }
    for own in [Algorithm.edDSA, .ed448, nil] {
      let jwk = try PublicJWK(ed448, algorithm: own)
      #expect(jwk.allows(.edDSA) && jwk.allows(.ed448))
      #expect(!jwk.allows(.ed25519), "another curve")
    }
  }

  @Test("a signature under one name of EdDSA verifies under the other")
  func edwardsSignatures() throws {
    let key = try PrivateJWK(Published.okp)
    let publicKey = try #require(try key.publicJWK).key
    for (signer, verifier) in [(Algorithm.edDSA, Algorithm.ed25519), (.ed25519, .edDSA)] {
      let signature = try key.signingKey(signer).signature(of: [1, 2])
      #expect(try VerificationKey(verifier, publicKey).accepts(signature, for: [1, 2]))
    }
  }
}
