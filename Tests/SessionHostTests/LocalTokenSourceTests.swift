import IDTokens
import JOSECore
import SessionHost
import Synchronization
import TestSupport
import Testing

@Suite struct LocalTokenSourceTests {
  @Test("permissions that never answer don't keep the extension waiting, though the issuer is a local one")
  func slowPermissions() async throws {
    let fixture = try Fixture()
    let deaf = StubPermissions { await withUnsafeContinuation { (_: UnsafeContinuation<Bool, Never>) in } }
    let source = LocalTokenSource(fixture.issuer, apps: fixture.apps, permissions: deaf)
    let api = fixture.controller(tokens: source, clock: ImpatientClock()).api(for: fixture.shopifyApp)
    #expect(try await api.getSessionToken() == nil)
    #expect(fixture.refusals.elements == ["deadlineExceeded(5.0 seconds)"])
  }

  @Test(
    "who has apps and permissions in memory answers without waiting, and with the same tokens as who waits")
  func immediate() async throws {
    let fixture = try Fixture()
    let slow = StubPermissions { true }
    #expect(LocalTokenSource(fixture.issuer, apps: fixture.apps, permissions: slow).immediate == nil)
    let source = LocalTokenSource(fixture.issuer, apps: fixture.apps, permissions: fixture.apps)
    let immediate = try #require(source.immediate)
    for app in [fixture.shopifyApp, fixture.openIDApp] {
      let request = try request(fixture, app)
      let (now, later) = (
        try #require(try immediate.sessionToken(for: request)),
        try #require(try await source.sessionToken(for: request))
      )
      #expect(try fixture.verify(now.serialized, as: app).sessionID == request.sessionID.text)
      #expect(try fixture.verify(later.serialized, as: app).sessionID == request.sessionID.text)
      fixture.apps.forbid(fixture.user, toUse: app, in: fixture.shop)
      #expect(try immediate.sessionToken(for: request) == nil)
    }
    let unknown = try request(fixture, ClientID("nobody"))
    #expect(throws: LocalTokenSourceError.unknownApp("nobody")) { try immediate.sessionToken(for: unknown) }
  }

  @Test("a sid that two requests share gives neither the other's app or user")
  func sharedSessionID() async throws {
    let fixture = try Fixture()
    let other = UserID(43)
    let source = LocalTokenSource(fixture.issuer, apps: fixture.apps, permissions: fixture.apps)
    for app in [fixture.shopifyApp, fixture.openIDApp] {
      fixture.apps.permit(other, toUse: app, in: fixture.shop)
      for user in [fixture.user, other] {
        let token = try #require(try await source.sessionToken(for: request(fixture, app, user)))
        let claims = try fixture.verify(token.serialized, as: app)
        #expect(claims.subject == String(user.number) && claims.audience == [app.text])
      }
    }
  }

  private func request(
    _ fixture: Fixture, _ app: ClientID, _ user: UserID? = nil
  ) throws -> SessionTokenRequest {
    let session = fixture.controller().session
    return SessionTokenRequest(
      session: session, user: user ?? fixture.user, clientID: app, sessionID: try SessionID("one-for-all"))
  }

  @Test("permissions that fail permit nothing")
  func failingPermissions() async throws {
    let fixture = try Fixture()
    let source = LocalTokenSource(
      fixture.issuer, apps: fixture.apps, permissions: StubPermissions { throw Unreachable() })
    let api = fixture.controller(tokens: source).api(for: fixture.shopifyApp)
    #expect(try await api.getSessionToken() == nil)
    #expect(fixture.refusals.elements == ["sourceFailed(SessionHostTests.Unreachable())"])
  }

  @Test("each token carries the time it was asked for", arguments: [true, false])
  func newTimes(isShopify: Bool) async throws {
    let fixture = try Fixture()
    let seconds = Atomic<Int64>(fixture.now.secondsSinceEpoch)
    let clock = WallClock { NumericDate(seconds.load(ordering: .relaxed)) }
    let issuer = TokenIssuer(try IssuerURL("https://id.example.com"), ring: fixture.ring, clock: clock)
    let source = LocalTokenSource(issuer, apps: fixture.apps, permissions: fixture.apps)
    let app = isShopify ? fixture.shopifyApp : fixture.openIDApp
    let api = fixture.controller(tokens: source).api(for: app)
    for elapsed: Int64 in [0, 1, 9] {
      seconds.store(fixture.now.secondsSinceEpoch + elapsed, ordering: .relaxed)
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

private struct StubPermissions: AppPermissions {
  let answer: @Sendable () async throws -> Bool

  func isPermitted(_ user: UserID, toUse clientID: ClientID, in shop: ShopDomain) async throws -> Bool {
    try await answer()
  }
}
