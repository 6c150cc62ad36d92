import IDTokens
import JOSECore
import KeyRotation
import Testing

@Suite struct VerifierKeyTests {
  @Test("A kid that is not in the set is refused, and the reason lists those that are")
  func unknownKey() throws {
    let (own, stranger) = (try SampleRing.key(.es256), try RingSigningKey.generate(.es256))
    let set = JWKSet([try PublicJWK(#require(own.key.publicKey), algorithm: .es256)])
    let token = try Forgery.token(#"{"alg":"ES256","kid":"\#(stranger.keyID)"}"#, stranger.key)
    let error = #expect(
      throws: VerificationError.unknownKey(keyID: stranger.keyID, known: [own.keyID])
    ) {
      _ = try TokenVerifier(.jwkSet(set), audience: .unchecked, issuer: .unchecked).verify(
        token, at: Sample.now)
    }
    #expect(
      error?.description == "key \"\(stranger.keyID)\" is not in the set, which holds \(own.keyID)")
    #expect(error?.code == "unknown_key")
  }

  @Test("A hostile kid is quoted in the reason: no line of it stands alone in a log")
  func hostileKeyID() throws {
    let key = try SampleRing.key(.es256)
    let token = try Forgery.token(#"{"alg":"ES256","kid":"x\n2027 INFO token accepted"}"#, key.key)
    let error = #expect(throws: VerificationError.self) {
      _ = try SampleRing.verifier().verify(token, at: Sample.now)
    }
    #expect(error?.code == "unknown_key")
    #expect(error?.description.contains("\n") == false)
  }

  @Test("An empty set knows no key")
  func emptySet() throws {
    let token = try Sample.openIDToken(.es256, ring: SampleRing.everyAlgorithm())
    let error = #expect(throws: VerificationError.self) {
      _ = try TokenVerifier(.jwkSet(JWKSet([])), audience: .unchecked, issuer: .unchecked).verify(
        token, at: Sample.now)
    }
    #expect(error?.description.hasSuffix("is not in the set, which holds none") == true)
  }

  @Test("A stranger's signature under a known kid is not valid")
  func wrongSigner() throws {
    let (own, stranger) = (try SampleRing.key(.es256), try RingSigningKey.generate(.es256))
    let token = try Forgery.token(#"{"alg":"ES256","kid":"\#(own.keyID)"}"#, stranger.key)
    #expect(throws: VerificationError.invalidSignature(.es256)) {
      _ = try SampleRing.verifier().verify(token, at: Sample.now)
    }
  }

  @Test("Without kid the one key that fits is taken, and none if there are two")
  func withoutKeyID() throws {
    let (first, second) = (try SampleRing.key(.es256), try RingSigningKey.generate(.es256))
    let token = try Forgery.token(#"{"alg":"ES256"}"#, first.key)
    let keys = try [first, second].map { try PublicJWK(#require($0.key.publicKey), algorithm: .es256) }
    #expect(
      try TokenVerifier(.jwkSet(JWKSet([keys[0]])), audience: .unchecked, issuer: .unchecked).verify(
        token, at: Sample.now
      ).subject == "42")
    let error = #expect(throws: VerificationError.ambiguousKey(keyID: nil, candidates: 2)) {
      _ = try TokenVerifier(.jwkSet(JWKSet(keys)), audience: .unchecked, issuer: .unchecked).verify(
        token, at: Sample.now)
    }
    #expect(error?.description.contains("names no key (kid), and 2 keys") == true)
  }

  @Test(
    "A key that comes with the token is never used (RFC 8725 §3.10)", arguments: ["jwk", "jku", "x5u", "x5c"])
  func embeddedKey(member: String) throws {
    let (own, attacker) = (try SampleRing.key(.es256), try RingSigningKey.generate(.es256))
    let jwk = try PublicJWK(#require(attacker.key.publicKey), algorithm: .es256).json
    let value =
      switch member {
      case "jwk": jwk.description
      case "x5c": #"["MIIB"]"#
      default: #""https://evil.example/keys""#
      }
    for keyID in [own.keyID, attacker.keyID] {
      let header = #"{"alg":"ES256","kid":"\#(keyID)","\#(member)":\#(value)}"#
      let error = #expect(throws: VerificationError.self) {
        _ = try SampleRing.verifier().verify(Forgery.token(header, attacker.key), at: Sample.now)
      }
      #expect(error?.code == (keyID == own.keyID ? "invalid_signature" : "unknown_key"))
    }
  }

  @Test(
    "Any crit is refused: no extension is understood (RFC 7515 §4.1.11)",
    arguments: [#"["b64"]"#, "[]", #"["exp"]"#, "1"])
  func critical(value: String) throws {
    let header = #"{"alg":"HS256","crit":\#(value),"b64":true,"exp":1}"#
    let token = try Forgery.token(header, Forgery.secretKey())
    let error = #expect(throws: VerificationError.malformed(.criticalHeader(value))) {
      _ = try Sample.secretVerifier().verify(token, at: Sample.now)
    }
    #expect(error?.description.contains("has crit") == true)
  }
}

@Suite struct VerifierTypeTests {
  @Test(
    "An access token of the same issuer is no ID token, whatever its signature",
    arguments: ["at+jwt", "JOSE", ""])
  func otherType(type: String) throws {
    let key = try SigningKey.generate(.es256)
    let publicKey = try #require(key.publicKey)
    let verifier = TokenVerifier(
      .jwkSet(JWKSet([try PublicJWK(publicKey, algorithm: .es256)])), audience: .unchecked, issuer: .unchecked
    )
    let token = try Forgery.token(#"{"alg":"ES256","typ":"\#(type)"}"#, key)
    #expect(throws: VerificationError.wrongType(type)) { try verifier.verify(token, at: Sample.now) }
  }
}
