import IDTokens
import TestSupport
import Testing

@Suite("OpenID Connect ID tokens without a shop") struct OpenIDClaimsTests {
  private let issuer: TokenIssuer
  private let verifier: TokenVerifier<VerificationKeys>

  init() throws {
    let ring = Sample.ring(try SampleRing.everyAlgorithm())
    issuer = RingIssuer(ring: ring, clock: .fixed(Sample.now)).issuer(.es256)
    verifier = TokenVerifier(
      .jwkSet(issuer.jwkSet), audience: "till", issuer: "https://id.example.com/tenant")
  }

  private func verify(_ content: TokenContent, nonce: String? = nil) throws -> IDTokenClaims {
    try verifier.verify(issuer.token(content).text, nonce: nonce, at: Sample.now)
  }

  @Test("a plain token has iss, aud, sub, the times and jti, and nothing of a shop")
  func plain() throws {
    let token = try issuer.token(subject: "user-7", audience: "till").text
    #expect(try Parts(token).claims.members.map(\.name) == ["iss", "aud", "sub", "exp", "nbf", "iat", "jti"])
    let claims = try verifier.verify(token, at: Sample.now)
    #expect(claims.subject == "user-7" && claims.audience == ["till"] && claims.destination == nil)
  }

  @Test("every claim of OpenID Connect Core §2 comes back as it was given")
  func everyClaim() throws {
    var content = TokenContent(
      subject: "user-7", audience: ["till", "stock"], authorizedParty: "till", nonce: "n-0S6_WzA2Mj",
      sessionID: "s-1", claims: ["locale": "fr-CA"])
    content.authenticatedAt = NumericDate(1_799_999_000)
    content.authenticationContext = "urn:mace:incommon:iap:silver"
    content.authenticationMethods = ["pwd", "otp"]
    let claims = try verify(content, nonce: "n-0S6_WzA2Mj")
    #expect(claims.audience == ["till", "stock"] && claims.authorizedParty == "till")
    #expect(claims.nonce == "n-0S6_WzA2Mj" && claims.sessionID == "s-1")
    #expect(claims.authenticatedAt == NumericDate(1_799_999_000))
    #expect(claims.authenticationContext == "urn:mace:incommon:iap:silver")
    #expect(claims.authenticationMethods == ["pwd", "otp"] && claims.all["locale"] == "fr-CA")
  }

  @Test("a nonce is compared where the caller has one, and a token without it is refused")
  func nonce() throws {
    let content = TokenContent(subject: "user-7", audience: ["till"], nonce: "one")
    #expect(try verify(content, nonce: "one").nonce == "one")
    #expect(throws: VerificationError.wrongNonce) { try verify(content, nonce: "two") }
    #expect(throws: VerificationError.missingClaim("nonce")) {
      try verify(TokenContent(subject: "user-7", audience: ["till"]), nonce: "one")
    }
  }

  @Test("several audiences need an azp among them, when minting and when verifying")
  func authorizedParty() throws {
    let both: [ClientID] = ["till", "stock"]
    #expect(throws: IDTokenError.noAuthorizedParty) {
      try issuer.token(TokenContent(subject: "user-7", audience: both))
    }
    #expect(throws: IDTokenError.foreignAuthorizedParty("other")) {
      try issuer.token(TokenContent(subject: "user-7", audience: both, authorizedParty: "other"))
    }
    let token = try issuer.token(TokenContent(subject: "user-7", audience: both, authorizedParty: "stock"))
      .text
    #expect(throws: VerificationError.wrongAuthorizedParty(found: "stock", expected: "till")) {
      try verifier.verify(token, at: Sample.now)
    }
    var stock = verifier
    stock.authorizedParty = "stock"
    #expect(try stock.verify(token, at: Sample.now).authorizedParty == "stock")
  }

  @Test(
    "a subject is 1 to 255 printable ASCII characters (OpenID Connect Core §2)",
    arguments: ["", "Zoë", "a\u{0}", String(repeating: "x", count: 256)])
  func badSubjects(subject: String) {
    #expect(throws: IDTokenError.invalidSubject(subject)) {
      try issuer.token(TokenContent(subject: subject, audience: ["till"]))
    }
  }

  @Test("a Shopify issuer refuses content without a shop, or for another app")
  func shopify() throws {
    let issuer = try Sample.issuer()
    #expect(throws: IDTokenError.noShop) { try issuer.token(TokenContent(subject: "42", audience: [])) }
    #expect(throws: IDTokenError.foreignAudience(["other"], expected: Sample.clientID)) {
      try issuer.token(shop: "snow-devil.myshopify.com", user: 42, clientID: "other")
    }
  }

  private struct Till: Codable, Equatable {
    var location: Int
    var roles: [String]
    var open: Bool?
  }

  @Test("custom claims go from and into a Codable type")
  func codable() throws {
    let till = Till(location: 6, roles: ["cashier", "lead"], open: nil)
    let token = try issuer.token(subject: "user-7", audience: "till", claims: till)
    #expect(try verifier.verify(token.text, as: Till.self, at: Sample.now) == till)
    #expect(throws: IDTokenError.registeredClaim("sub")) {
      try issuer.token(subject: "user-7", audience: "till", claims: ["sub": "user-8"])
    }
    let error = #expect(throws: VerificationError.self) {
      try verifier.verify(
        issuer.token(subject: "user-7", audience: "till").text, as: Till.self, at: Sample.now)
    }
    #expect(error?.code == "wrong_claim_type" && error?.description.contains("location is missing") == true)
  }
}

@Suite("Keys that have to be fetched") struct RemoteKeySourceTests {
  /// Knows the new keys only after it was asked for one that it lacks.
  private actor Source: RemoteKeySource {
    private let (old, new): (JWKSet, JWKSet)
    private var fetched = 0

    init(_ old: JWKSet, _ new: JWKSet) { (self.old, self.new) = (old, new) }

    func verificationKeys(for keyID: String?) async throws -> VerificationKeys {
      guard let keyID, old[keyID] == nil else { return VerificationKeys(old) }
      fetched += 1
      return VerificationKeys(new)
    }
  }

  private struct Unreachable: Error {}

  private struct NoSource: RemoteKeySource {
    func verificationKeys(for keyID: String?) async throws -> VerificationKeys { throw Unreachable() }
  }

  @Test("the source is told the token's kid, and decides what it has to fetch")
  func unknownKey() async throws {
    let ring = try SampleRing.everyAlgorithm()
    let verifier = TokenVerifier(
      Source(JWKSet([]), ring.jwks), audience: ExpectedAudience(Sample.clientID),
      issuer: ExpectedIssuer(Sample.issuer))
    let token = try Sample.openIDToken(.es256, ring: ring)
    #expect(try await verifier.verify(token, at: Sample.now).subject == "42")
  }

  @Test("keys that can't be had are an error of their own, which doesn't accuse the token")
  func unavailable() async throws {
    let verifier = TokenVerifier(NoSource(), audience: "app", issuer: "https://id.example.com")
    let token = try Sample.openIDToken(.es256, ring: SampleRing.everyAlgorithm())
    let error = await #expect(throws: VerificationError.self) { try await verifier.verify(token) }
    #expect(error?.code == "keys_unavailable" && error?.description.contains("can't be fetched") == true)
  }
}
