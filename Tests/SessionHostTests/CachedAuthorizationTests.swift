import IDTokens
import JOSECore
import SessionHost
import TestSupport
import Testing

/// What is looked up once is looked up again after every change.
@Suite struct CachedAuthorizationTests {
  @Test(
    "an authorizer that counts its changes is asked once, another for every token",
    arguments: [true, false])
  func asks(countsChanges: Bool) async throws {
    let fixture = try Fixture()
    let permissions = CountingPermissions(fixture.apps, countsChanges: countsChanges)
    let source = fixture.issuer(permissions)
    let api = fixture.controller(tokens: source).api(for: fixture.shopifyApp)
    for _ in 0..<5 { #expect(try await api.getSessionToken() != nil) }
    #expect(permissions.questions == (countsChanges ? 1 : 5))
  }

  @Test("every change is seen by the next token: permission, secret, user and location")
  func changes() async throws {
    let fixture = try Fixture()
    let controller = fixture.controller()
    let api = controller.api(for: fixture.shopifyApp)
    func token() async throws -> String? { try await api.getSessionToken() }

    let first = try fixture.verify(try #require(try await token()), as: fixture.shopifyApp)
    controller.switchLocation(to: 6)
    let second = try fixture.verify(try #require(try await token()), as: fixture.shopifyApp)
    #expect(first.sessionID == second.sessionID && first.tokenID != second.tokenID)

    fixture.apps.forbid(fixture.user, toUse: fixture.shopifyApp, in: fixture.shop)
    #expect(try await token() == nil)
    fixture.apps.permit(fixture.user, toUse: fixture.shopifyApp, in: fixture.shop)
    #expect(try await token() != nil)

    let secret = try ClientSecret("another-client-secret-of-32-bytes-or-more")
    fixture.apps.register(
      try AppRegistration(clientID: fixture.shopifyApp, secret: secret, signedResponseAlgorithm: .hs256))
    let verifier = TokenVerifier(
      .secret(secret), audience: ExpectedAudience(fixture.shopifyApp.text), issuer: .anyShop)
    _ = try verifier.verify(try #require(try await token()), at: fixture.now)

    controller.authenticate(UserID(43))
    #expect(try await token() == nil)
    controller.authenticate(nil)
    #expect(try await token() == nil)
    controller.authenticate(fixture.user)
    #expect(try await token() != nil)
    controller.close()
    await #expect(throws: SessionError.closed) { try await token() }
  }

  @Test("a permission that is taken away while tokens are asked for on other threads gives none afterwards")
  func concurrentRemoval() async throws {
    let fixture = try Fixture()
    let api = fixture.controller().api(for: fixture.openIDApp)
    for _ in 0..<50 {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { for _ in 0..<5 { _ = try await api.getSessionToken() } } }
        group.addTask { fixture.apps.forbid(fixture.user, toUse: fixture.openIDApp, in: fixture.shop) }
        try await group.waitForAll()
      }
      #expect(try await api.getSessionToken() == nil)
      fixture.apps.permit(fixture.user, toUse: fixture.openIDApp, in: fixture.shop)
      #expect(try await api.getSessionToken() != nil)
    }
  }
}

private final class CountingPermissions: AppAuthorizer {
  private let apps: InMemoryApps
  private let countsChanges: Bool
  private let counter = Counter()

  init(_ apps: InMemoryApps, countsChanges: Bool) { (self.apps, self.countsChanges) = (apps, countsChanges) }

  var questions: Int { counter.count }
  var version: Int? { countsChanges ? apps.version : nil }

  func authorize(
    _ user: UserID, toUse clientID: ClientID, in shop: ShopDomain
  ) throws(SessionError) -> AppRegistration? {
    counter.next()
    return try apps.authorize(user, toUse: clientID, in: shop)
  }
}
