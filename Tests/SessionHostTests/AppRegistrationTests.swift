import IDTokens
import JOSECore
import Testing

@testable import SessionHost

@Suite struct AppRegistrationTests {
  let old: ClientSecret
  let new: ClientSecret
  let app: ClientID

  init() throws {
    (old, new) = (
      try ClientSecret("old-secret-old-secret-old-secret"),
      try ClientSecret("new-secret-new-secret-new-secret")
    )
    app = ClientID("app")
  }

  @Test("id_token_signed_response_alg is RS256 by default")
  func defaultAlgorithm() throws {
    let registration = try AppRegistration(clientID: app)
    #expect(registration.signedResponseAlgorithm == .rs256)
    #expect(registration.signingSecret == nil)
  }

  @Test("the oldest secret that is not revoked signs, and the current one once it is")
  func oldestSigns() throws {
    let both = try AppRegistration(
      clientID: app, secret: new, previousSecret: old, signedResponseAlgorithm: .hs256)
    #expect(both.signingSecret == old)
    let one = try AppRegistration(clientID: app, secret: new, signedResponseAlgorithm: .hs256)
    #expect(one.signingSecret == new)
  }

  @Test("HS256 without a secret is refused")
  func noSecret() {
    #expect(throws: SessionError.noSecret(clientID: "app")) {
      try AppRegistration(clientID: app, signedResponseAlgorithm: .hs256)
    }
  }

  @Test("HS384 and HS512 are refused: the Shopify profile is HS256", arguments: [Algorithm.hs384, .hs512])
  func otherSymmetric(algorithm: Algorithm) {
    #expect(throws: SessionError.symmetricAlgorithm(algorithm, clientID: "app")) {
      try AppRegistration(clientID: app, secret: new, signedResponseAlgorithm: algorithm)
    }
  }

  @Test(
    "while secrets change, tokens verify with the previous one, and with the current one after revocation")
  func rotation() async throws {
    let fixture = try Fixture()
    let api = fixture.controller().api(for: fixture.shopifyApp)
    func token() async throws -> String { try #require(try await api.getSessionToken()) }

    let previous = fixture.secret
    fixture.apps.register(
      try AppRegistration(
        clientID: fixture.shopifyApp, secret: new, previousSecret: previous, signedResponseAlgorithm: .hs256))
    let during = try await token()
    #expect(
      try TokenVerifier(.secret(previous), audience: .unchecked, issuer: .anyShop).verify(
        during, at: fixture.now
      ).subject == "42")

    fixture.apps.register(
      try AppRegistration(clientID: fixture.shopifyApp, secret: new, signedResponseAlgorithm: .hs256))
    let after = try await token()
    #expect(
      try TokenVerifier(.secret(new), audience: .unchecked, issuer: .anyShop).verify(after, at: fixture.now)
        .subject == "42")
    #expect(throws: VerificationError.invalidSignature(.hs256)) {
      try TokenVerifier(.secret(previous), audience: .unchecked, issuer: .anyShop).verify(
        after, at: fixture.now)
    }
  }

  @Test("an app that isn't registered gets no token, and the host is told why")
  func unknownApp() async throws {
    let fixture = try Fixture()
    fixture.apps.permit(fixture.user, toUse: app, in: fixture.shop)
    #expect(try await fixture.controller().api(for: app).getSessionToken() == nil)
    #expect(fixture.refusals.elements == [.sourceFailed(SessionError.unknownApp("app"))])
  }
}
