import IDTokens
import JOSECore
import Testing

@Suite struct VerifierNamesTests {
  @Test("A token for another app is refused, and the reason names both")
  func audience() throws {
    let token = try Sample.shopifyToken(Sample.content(clientID: "other-app"))
    let error = #expect(
      throws: VerificationError.wrongAudience(found: ["other-app"], expected: Sample.clientID)
    ) { _ = try Sample.secretVerifier().verify(token, at: Sample.now) }
    #expect(error?.description == "audience is other-app, expected \(Sample.clientID)")
    #expect(error?.code == "wrong_audience")
  }

  @Test("Tokens of two apps are not interchangeable, by secret or by audience")
  func twoApps() throws {
    let token = try Sample.shopifyToken(Sample.content(clientID: "first"), secret: Sample.secret)
    #expect(throws: VerificationError.invalidSignature(.hs256)) {
      _ = try Sample.secretVerifier([Sample.otherSecret], audience: "first").verify(token, at: Sample.now)
    }
    #expect(throws: VerificationError.wrongAudience(found: ["first"], expected: "second")) {
      _ = try Sample.secretVerifier(audience: "second").verify(token, at: Sample.now)
    }
  }

  @Test("A list of audiences is good if the app is among them (RFC 7519 §4.1.3)")
  func audiences() throws {
    let token = try Forgery.shopify(
      Forgery.claims(["aud": #"["x","\#(Sample.clientID)"]"#, "azp": #""\#(Sample.clientID)""#]))
    let claims = try Sample.secretVerifier().verify(token, at: Sample.now)
    #expect(claims.audience == ["x", Sample.clientID])
    let other = try Forgery.shopify(Forgery.claims(["aud": #"["x","y"]"#]))
    #expect(throws: VerificationError.wrongAudience(found: ["x", "y"], expected: Sample.clientID)) {
      _ = try Sample.secretVerifier().verify(other, at: Sample.now)
    }
  }

  @Test("A token of another shop is refused where the issuer is checked")
  func issuer() throws {
    let token = try Sample.shopifyToken()
    var verifier = try Sample.secretVerifier()
    verifier.issuer = "https://other.myshopify.com/admin"
    let found = "https://\(Sample.shop)/admin"
    let error = #expect(
      throws: VerificationError.wrongIssuer(found: found, expected: "https://other.myshopify.com/admin")
    ) { _ = try verifier.verify(token, at: Sample.now) }
    #expect(error?.description == "issuer is \(found), expected https://other.myshopify.com/admin")
  }

  @Test("iss and dest of a Shopify token must name the same shop")
  func destination() throws {
    let (issuer, other) = ("https://\(Sample.shop)/admin", "https://evil.myshopify.com")
    let token = try Forgery.shopify(Forgery.claims(["dest": #""\#(other)""#]))
    let error = #expect(
      throws: VerificationError.issuerIsNotDestination(issuer: issuer, destination: other)
    ) { _ = try Sample.secretVerifier().verify(token, at: Sample.now) }
    #expect(error?.description.contains("don't name the same shop") == true)
    #expect(error?.code == "wrong_issuer")
  }

  @Test(
    "An issuer that merely resembles the expected one is another issuer",
    arguments: [
      "https://id.example.com/tenant/", "https://ID.example.com/tenant", "http://id.example.com/tenant",
    ])
  func similarIssuer(text: String) throws {
    let token = try Sample.openIDToken(.es256, ring: SampleRing.everyAlgorithm())
    var verifier = try SampleRing.verifier()
    verifier.issuer = ExpectedIssuer(text)
    #expect(throws: VerificationError.wrongIssuer(found: Sample.issuer, expected: text)) {
      _ = try verifier.verify(token, at: Sample.now)
    }
  }

  @Test("Names are compared by code points, without normalization (RFC 7519 §2): U+212A is no K")
  func normalization() throws {
    let verifier = try Sample.secretVerifier(audience: "K2")
    let aud = try Forgery.shopify(Forgery.claims(["aud": "\"\u{212A}2\""]))
    #expect(throws: VerificationError.wrongAudience(found: ["\u{212A}2"], expected: "K2")) {
      _ = try verifier.verify(aud, at: Sample.now)
    }
    var issuers = try SampleRing.verifier()
    issuers.issuer = "https://id.example.com/K"
    let key = try SampleRing.key(.es256)
    let iss = try Forgery.token(
      #"{"alg":"ES256","kid":"\#(key.keyID)"}"#, key.key,
      Forgery.claims(["iss": "\"https://id.example.com/\u{212A}\""]))
    let error = #expect(throws: VerificationError.self) { _ = try issuers.verify(iss, at: Sample.now) }
    #expect(error?.code == "wrong_issuer")
  }

  @Test("An audience is left unchecked only where that is said")
  func unchecked() throws {
    let verifier = TokenVerifier(
      .secret(try ClientSecret(Sample.secret)), audience: .unchecked, issuer: .anyShop)
    #expect(try verifier.verify(Sample.shopifyToken(), at: Sample.now).audience == [Sample.clientID])
  }
}
