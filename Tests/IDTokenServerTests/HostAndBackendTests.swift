#if Server && Client
import IDTokens
import IssuerClient
import JOSECore
import SessionHost
import TestSupport
import Testing

/// An extension's `getSessionToken()`, through the HTTP issuer to the app's own backend: nothing in between is a stand-in.
@Suite struct HostAndBackendTests {
  @Test("An extension's token comes over HTTP and is accepted by the app's backend, in both profiles")
  func bothProfiles() async throws {
    try await RunningIssuer.with { issuer in
      let controller = try controller(issuer)
      let loyalty = controller.api(for: ClientID("loyalty-app"))
      let warehouse = controller.api(for: ClientID("warehouse-app"))
      let secret = try ClientSecret(issuer.text("loyalty-app.secret"))
      let shopify = TokenVerifier(.secret(secret), audience: "loyalty-app", issuer: .anyShop)
      let (first, second) = (
        try #require(try await loyalty.getSessionToken()), try #require(try await loyalty.getSessionToken())
      )
      let claims = try [first, second].map { try shopify.verify($0, at: WallClock.system.now) }
      #expect(claims[0].sessionID == claims[1].sessionID && claims[0].tokenID != claims[1].tokenID)

      let keys = try RemoteJWKSet(issuer: EndpointURL(issuer.url))
      let token = try #require(try await warehouse.getSessionToken())
      let openID = try await TokenVerifier(
        keys, audience: "warehouse-app", issuer: "https://id.example.com"
      ).verify(token)
      #expect(openID.subject == "42" && openID.sessionID != claims[0].sessionID)
      await keys.shutdown()
    }
  }

  @Test("A user without the permission gets no token, and the host gets the reason")
  func refusals() async throws {
    try await RunningIssuer.with { issuer in
      let refused = Recorder<String>()
      let controller = try controller(issuer) { refused.append("\($1)") }
      let api = controller.api(for: ClientID("loyalty-app"))
      controller.authenticate(UserID(43))
      #expect(try await api.getSessionToken() == nil)
      let unknown = controller.api(for: ClientID("nobody"))
      controller.authenticate(UserID(42))
      #expect(try await unknown.getSessionToken() == nil)
      #expect(try await api.getSessionToken() != nil)
      #expect(refused.elements.first == "the authenticated user lacks the permission for the app")
      #expect(refused.elements.last?.contains("access_denied") == true)
    }
  }

  @Test("If the issuer is gone there is no token, and the extension continues")
  func gone() async throws {
    let directory = try TemporaryDirectory()
    var controller: SessionController?
    try await RunningIssuer.with(in: directory) { issuer in
      controller = try self.controller(issuer)
      #expect(try await controller?.api(for: ClientID("loyalty-app")).getSessionToken() != nil)
    }
    #expect(try await controller?.api(for: ClientID("loyalty-app")).getSessionToken() == nil)
  }

  private func controller(
    _ issuer: RunningIssuer,
    onRefusal: @escaping @Sendable (ClientID, SessionError) -> Void = { _, _ in }
  ) throws -> SessionController {
    let session = Session(
      shopId: 1001, shopDomain: ShopDomain("snow-devil.myshopify.com"), userId: UserID(42),
      locationId: 5, staffMemberId: 7, currency: "CAD", posVersion: "10.6.0")
    let source = try RemoteTokenSource(
      issuer: EndpointURL(issuer.url), credential: BearerCredential(issuer.credential))
    return SessionController(session, deviceId: 3003, tokens: source, onRefusal: onRefusal)
  }
}
#endif
