import IDTokens
import JOSECore
import SessionHost
import TestSupport
import Testing

@Suite struct SessionTokenIssuerTests {
  @Test("permissions that never answer don't keep the extension waiting, though the issuer is a local one")
  func slowPermissions() async throws {
    let fixture = try Fixture()
    let deaf = StubPermissions(fixture.apps) {
      await withUnsafeContinuation { (_: UnsafeContinuation<Bool, Never>) in }
    }
    let source = fixture.issuer(deaf)
    let api = fixture.controller(tokens: source, clock: ImpatientClock()).api(for: fixture.shopifyApp)
    #expect(try await api.getSessionToken() == nil)
    #expect(fixture.refusals.elements == [.deadlineExceeded(.seconds(5))])
  }

  @Test("an app that isn't registered is an error, and a user that isn't permitted gets nothing")
  func unknownApp() async throws {
    let fixture = try Fixture()
    let unknown = try request(fixture, ClientID("nobody"))
    await #expect(throws: SessionError.unknownApp("nobody")) {
      try await fixture.tokenIssuer.sessionToken(for: unknown)
    }
    fixture.apps.forbid(fixture.user, toUse: fixture.shopifyApp, in: fixture.shop)
    let forbidden = try await fixture.tokenIssuer.sessionToken(for: request(fixture, fixture.shopifyApp))
    #expect(forbidden == nil)
  }

  @Test("a sid that two requests share gives neither the other's app or user")
  func sharedSessionID() async throws {
    let fixture = try Fixture()
    let other = UserID(43)
    let source = fixture.issuer(fixture.apps)
    for app in [fixture.shopifyApp, fixture.openIDApp] {
      fixture.apps.permit(other, toUse: app, in: fixture.shop)
      for user in [fixture.user, other] {
        let token = try #require(try await source.sessionToken(for: request(fixture, app, user)))
        let claims = try fixture.verify(token.text, as: app)
        #expect(claims.subject == String(user.number) && claims.audience == [app.text])
      }
    }
  }

  private func request(
    _ fixture: Fixture, _ app: ClientID, _ user: UserID? = nil
  ) throws -> SessionTokenRequest {
    let session = fixture.controller().session
    return SessionTokenRequest(
      session: session, user: user ?? fixture.user, clientID: app, sessionID: SessionID("one-for-all"))
  }

  @Test("permissions that fail permit nothing")
  func failingPermissions() async throws {
    let fixture = try Fixture()
    let source = fixture.issuer(StubPermissions(fixture.apps) { throw Unreachable() })
    let api = fixture.controller(tokens: source).api(for: fixture.shopifyApp)
    #expect(try await api.getSessionToken() == nil)
    #expect(fixture.refusals.elements == [.sourceFailed(Unreachable())])
  }

  @Test("each token carries the time it was asked for", arguments: [true, false])
  func newTimes(isShopify: Bool) async throws {
    let fixture = try Fixture()
    let time = TestTime(fixture.now)
    let source = fixture.issuer(fixture.apps, clock: time.wallClock)
    let app = isShopify ? fixture.shopifyApp : fixture.openIDApp
    let api = fixture.controller(tokens: source).api(for: app)
    for elapsed: Int64 in [0, 1, 9] {
      time.now = fixture.now.advanced(by: elapsed)
      let claims = try fixture.verify(try #require(try await api.getSessionToken()), as: app)
      #expect(claims.issuedAt == fixture.now.advanced(by: elapsed))
    }
  }

  @Test("another algorithm takes effect with the next token")
  func newAlgorithm() async throws {
    let fixture = try Fixture()
    let api = fixture.controller().api(for: fixture.openIDApp)
    let before = try #require(try await api.getSessionToken())
    fixture.apps.register(
      try AppRegistration(
        clientID: fixture.openIDApp, secret: fixture.secret, signedResponseAlgorithm: .hs256))
    let after = try #require(try await api.getSessionToken())
    #expect(try CompactJWS(parsing: before).header.algorithm == .es256)
    #expect(try CompactJWS(parsing: after).header.algorithm == .hs256)
  }

  @Test("\"sid: session ID per user and app\"")
  func sessionIDs() async throws {
    let fixture = try Fixture()
    let other = UserID(43)
    for app in [fixture.shopifyApp, fixture.openIDApp] {
      fixture.apps.permit(other, toUse: app, in: fixture.shop)
    }
    let controller = fixture.controller()
    var sessionIDs: Set<String> = []
    for user in [fixture.user, other, fixture.user] {
      controller.authenticate(user)
      for app in [fixture.shopifyApp, fixture.openIDApp] {
        let token = try #require(try await controller.api(for: app).getSessionToken())
        sessionIDs.insert(try #require(try fixture.verify(token, as: app).sessionID))
      }
    }
    #expect(sessionIDs.count == 4)
  }
}

/// Knows the app, and answers the rest with whatever a test says.
private struct StubPermissions: AppAuthorizer {
  let apps: InMemoryApps
  let answer: @Sendable () async throws -> Bool

  init(_ apps: InMemoryApps, _ answer: @escaping @Sendable () async throws -> Bool) {
    (self.apps, self.answer) = (apps, answer)
  }

  func authorize(
    _ user: UserID, toUse clientID: ClientID, in shop: ShopDomain
  ) async throws -> AppRegistration? {
    try await answer() ? try apps.authorize(user, toUse: clientID, in: shop) : nil
  }
}
