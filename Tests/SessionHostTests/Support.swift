import IDTokens
import JOSECore
import KeyRotation
import SessionHost
import Synchronization
import TestSupport

/// A point of sale with an app for each profile, whose time stands still.
struct Fixture {
  let now = NumericDate(1_800_000_000)
  let shop: ShopDomain
  let user = UserID(42)
  let shopifyApp: ClientID
  let openIDApp: ClientID
  let secret: ClientSecret
  let apps = InMemoryApps()
  let ring: CurrentKeyRing
  let issuer: TokenIssuer
  let refusals = Recorder<String>()

  init() throws {
    shop = try ShopDomain("snow-devil.myshopify.com")
    (shopifyApp, openIDApp) = (try ClientID("loyalty"), try ClientID("warehouse"))
    secret = try ClientSecret("a-client-secret-of-more-than-32-bytes")
    let keys = [try RingSigningKey.generate(.es256), try RingSigningKey.generate(.es256)]
    let state = try KeyRing.new(keys.compactMap(\.newKey), policy: .standard.with([.es256]), at: now).ring
    ring = CurrentKeyRing(try KeyRingSnapshot(state, signingKeys: [keys[0]]), confirmedAt: now)
    issuer = TokenIssuer(try IssuerURL("https://id.example.com"), ring: ring, clock: .fixed(now))
    apps.register(
      try AppRegistration(clientID: shopifyApp, secret: secret, signedResponseAlgorithm: .hs256))
    apps.register(try AppRegistration(clientID: openIDApp, signedResponseAlgorithm: .es256))
    apps.permit(user, toUse: shopifyApp, in: shop)
    apps.permit(user, toUse: openIDApp, in: shop)
  }

  var localSource: LocalTokenSource { LocalTokenSource(issuer, apps: apps, permissions: apps) }

  func controller(
    tokens source: (any SessionTokenSource)? = nil, user: UserID? = UserID(42), staffMember: UInt64? = 7,
    clock: any Clock<Duration> = StoppedClock()
  ) -> SessionController {
    let session = Session(
      shopId: 1001, shopDomain: shop, userId: user, locationId: 5, staffMemberId: staffMember,
      currency: "CAD", posVersion: "10.6.0")
    return SessionController(
      session, deviceId: 3003, tokens: source ?? localSource, deadline: .seconds(5), clock: clock,
      onRefusal: { [refusals] _, refusal in refusals.append("\(refusal)") })
  }

  func verify(_ token: String, as app: ClientID) throws -> IDTokenClaims {
    let verifier =
      app == shopifyApp
      ? try TokenVerifier(secrets: [secret], audience: app.text)
      : TokenVerifier(keys: ring.current.jwks, audience: app.text)
    return try verifier.verify(token, at: now)
  }
}

/// Answers with whatever a test makes of the request.
struct StubSource: SessionTokenSource {
  let answer: @Sendable (SessionTokenRequest) async throws -> SessionToken?

  func sessionToken(for request: SessionTokenRequest) async throws -> SessionToken? {
    try await answer(request)
  }
}

struct Unreachable: Error {}
