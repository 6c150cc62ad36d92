import IDTokens
import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct OpenIDProfileTests {
  @Test("The header has alg, typ and the kid of a key in the JWKS", arguments: SampleRing.asymmetric)
  func header(algorithm: Algorithm) throws {
    let ring = try SampleRing.everyAlgorithm()
    let header = try Parts(Sample.openIDToken(algorithm, ring: ring)).header
    #expect(header.members.map(\.name) == ["alg", "typ", "kid"])
    #expect(header["alg"] == .string(algorithm.rawValue))
    #expect(header["typ"] == "JWT")
    let keyID = try #require(header["kid"]?.string)
    let published = try #require(ring.jwks[keyID])
    #expect(published.algorithm == algorithm)
    #expect(try published.key.thumbprint() == keyID)
  }

  @Test("iss is the issuer's URL, and dest stays the shop")
  func names() throws {
    let claims = try Parts(Sample.openIDToken(.es256, ring: SampleRing.everyAlgorithm())).claims
    #expect(claims["iss"] == .string(Sample.issuer))
    #expect(claims["dest"] == "https://snow-devil.myshopify.com")
    #expect(
      claims.members.map(\.name) == ["iss", "dest", "aud", "sub", "sid", "exp", "nbf", "iat", "jti"])
  }

  @Test(
    "A token verifies against the JWKS as it is served, one of its own for Ed448",
    arguments: SampleRing.asymmetric)
  func verifies(algorithm: Algorithm) throws {
    let ring = try SampleRing.everyAlgorithm()
    let bytes = algorithm == .ed448 ? ring.publishedSets.last?.bytes ?? [] : ring.jwksBytes
    let served = try JWKSet(parsing: bytes.span)
    #expect(served.skipped.isEmpty)
    let verifier = TokenVerifier(
      .jwkSet(served), audience: ExpectedAudience(Sample.clientID), issuer: ExpectedIssuer(Sample.issuer))
    let claims = try verifier.verify(Sample.openIDToken(algorithm, ring: ring), at: Sample.now)
    #expect(claims.subject == "42")
    #expect(claims.audience == [Sample.clientID])
    #expect(claims.destination == "https://\(Sample.shop)")
    #expect(claims.sessionID == Sample.sessionID)
    #expect(claims.notBefore == claims.issuedAt)
  }

  @Test("A verifier with the JWKS from before a rotation takes the tokens from after it")
  func standby() throws {
    let (active, standby) = (try RingSigningKey.generate(.es256), try RingSigningKey.generate(.es256))
    let old = try KeyRingState.new([active, standby].compactMap(\.newKey), at: Sample.now)
    let next = try #require(try RingSigningKey.generate(.es256).newKey)
    let new = try old.step(old.policy, at: Sample.now, .rotate([.es256]), newKeys: [next]).ring
    let token = try Sample.openIDToken(.es256, ring: KeyRingSnapshot(new, signingKeys: [standby]))
    #expect(
      try TokenVerifier(.jwkSet(old.jwks), audience: .unchecked, issuer: .unchecked).verify(
        token, at: Sample.now
      ).subject == "42")
  }

  @Test("An algorithm that the ring has no key for is refused, and the reason lists those it has")
  func missingAlgorithm() throws {
    let key = try SampleRing.key(.es256)
    let ring = try KeyRingSnapshot(.new([try #require(key.newKey)], at: Sample.now), signingKeys: [key])
    let error = #expect(throws: IDTokenError.ring(.noActiveKey(.rs256, ring: [.es256]))) {
      _ = try Sample.openIDToken(.rs256, ring: ring)
    }
    #expect(error?.description.contains("no active RS256 key; it signs with ES256") == true)
  }

  @Test("A symmetric algorithm is no algorithm of this profile")
  func symmetric() throws {
    let ring = try SampleRing.everyAlgorithm()
    #expect(throws: IDTokenError.ring(.noActiveKey(.hs256, ring: ring.ring.policy.algorithms))) {
      _ = try Sample.openIDToken(.hs256, ring: ring)
    }
  }

  @Test("A shop under any domain gets a token of this profile")
  func otherDomain() throws {
    let request = TokenContent(
      shop: ShopDomain("shop.example.com"), user: UserID(1), clientID: ClientID("app"),
      sessionID: SessionID("s"))
    let ring = Sample.live(try SampleRing.everyAlgorithm())
    let issuer = RingIssuer(ring: ring, clock: .fixed(Sample.now))
    let token = try issuer.token(request, .edDSA).text
    #expect(try Parts(token).claims["dest"] == "https://shop.example.com")
  }
}
