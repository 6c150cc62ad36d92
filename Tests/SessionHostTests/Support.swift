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
  let ring: KeyRing
  let refusals = Recorder<SessionError>()

  init() throws {
    shop = ShopDomain("snow-devil.myshopify.com")
    (shopifyApp, openIDApp) = (ClientID("loyalty"), ClientID("warehouse"))
    secret = try ClientSecret("a-client-secret-of-more-than-32-bytes")
    let keys = [try RingSigningKey.generate(.es256), try RingSigningKey.generate(.es256)]
    let state = try KeyRingState.new(keys.compactMap(\.newKey), policy: .standard.with([.es256]), at: now)
      .ring
    ring = KeyRing(try KeyRingSnapshot(state, signingKeys: [keys[0]]), confirmedAt: now)
    apps.register(
      try AppRegistration(clientID: shopifyApp, secret: secret, signedResponseAlgorithm: .hs256))
    apps.register(try AppRegistration(clientID: openIDApp, signedResponseAlgorithm: .es256))
    apps.permit(user, toUse: shopifyApp, in: shop)
    apps.permit(user, toUse: openIDApp, in: shop)
  }

  static let url: IssuerURL = "https://id.example.com"

  var tokenIssuer: SessionTokenIssuer { issuer(apps) }

  func issuer(_ authorizer: any AppAuthorizer, clock: WallClock? = nil) -> SessionTokenIssuer {
    SessionTokenIssuer(authorizer, url: Self.url, ring: ring, clock: clock ?? .fixed(now))
  }

  func controller(
    tokens source: (any SessionTokenSource)? = nil, user: UserID? = UserID(42), staffMember: UInt64? = 7,
    clock: any Clock<Duration> = StoppedClock()
  ) -> SessionController {
    let session = Session(
      shopId: 1001, shopDomain: shop, userId: user, locationId: 5, staffMemberId: staffMember,
      currency: "CAD", posVersion: "10.6.0")
    return SessionController(
      session, deviceId: 3003, tokens: source ?? tokenIssuer, deadline: .seconds(5), clock: clock,
      onRefusal: { [refusals] _, refusal in refusals.append(refusal) })
  }

  func verify(_ token: String, as app: ClientID) throws -> IDTokenClaims {
    let verifier =
      app == shopifyApp
      ? TokenVerifier(.secret(secret), audience: ExpectedAudience(app.text), issuer: .anyShop)
      : TokenVerifier(.jwkSet(ring.current.jwks), audience: ExpectedAudience(app.text), issuer: .unchecked)
    return try verifier.verify(token, at: now)
  }
}
