import IDTokens
import JOSECore
import KeyRotation
import SessionHost
import SystemSupport

/// A point of sale with two apps, one for each profile.
struct DemoHost {
  let shopifyApp: ClientID
  let openIDApp: ClientID
  let controller: SessionController
  private let secret: ClientSecret
  private let ring: KeyRing
  private let issuerURL: IssuerURL

  init(_ ring: KeyRing) throws {
    shopifyApp = try ClientID("loyalty-app")
    openIDApp = try ClientID("warehouse-app")
    // The alphabet and length of a session ID suit a secret too.
    secret = try ClientSecret(SessionID.random().text)
    issuerURL = try IssuerURL("https://id.example.com")
    self.ring = ring

    let shop = try ShopDomain("snow-devil.myshopify.com")
    let user = UserID(42)
    let apps = InMemoryApps()
    apps.register(try AppRegistration(clientID: shopifyApp, secret: secret, signedResponseAlgorithm: .hs256))
    apps.register(try AppRegistration(clientID: openIDApp))
    apps.permit(user, toUse: shopifyApp, in: shop)
    apps.permit(user, toUse: openIDApp, in: shop)

    let session = Session(
      shopId: 1001, shopDomain: shop, userId: user, locationId: 5, staffMemberId: 7, currency: "CAD",
      posVersion: "10.6.0")
    controller = SessionController(
      session, deviceId: 3003,
      tokens: SessionTokenIssuer(apps, url: issuerURL, ring: ring),
      onRefusal: { app, reason in try? Output.line("host: no token for \(app.text): \(reason)") })
  }

  func verifier(for app: ClientID) -> TokenVerifier<VerificationKeys> {
    app == shopifyApp
      ? TokenVerifier(.secret(secret), audience: ExpectedAudience(app), issuer: .anyShop)
      : TokenVerifier(
        .jwkSet(ring.current.jwks), audience: ExpectedAudience(app), issuer: ExpectedIssuer(issuerURL))
  }
}
