import ArgumentParser
import IDTokens
import JOSECore
import KeyRotation
import SessionHost
import SystemSupport

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Open a POS session, get a token of each profile, and verify both as backends do.",
    discussion: """
      Creates the key ring if it is missing. The demo app's client secret is random and is not kept.

      EXAMPLES
        idtoken demo
        idtoken demo --ring /tmp/demo-ring
      """)

  @OptionGroup var ring: RingOptions

  func run() async throws {
    let ring = try await openRing()
    let host = try DemoHost(ring)
    try Output.heading(
      "A session of snow-devil.myshopify.com: user 42 is authenticated, staff member 7 is pinned")
    try Output.line()
    try await show(
      "Shopify profile: \(host.shopifyApp.text) gets HS256 with its client secret", host.shopifyApp, host)
    try await show(
      "OpenID profile: \(host.openIDApp.text) gets RS256 with the ring's key", host.openIDApp, host)
    try Output.heading("JWKS: what an OpenID backend fetches")
    try Output.json(.object(ring.jwkSet.json))
    try Output.line()
    try await showRefusal(host)
  }

  private func openRing() async throws -> KeyRing {
    let store = try ring.store()
    if try store.load() == nil {
      try Output.line("Creating a key ring in \(store.directory): RS256 and ES256, each with a standby.\n")
    }
    return try await KeyRing.open(store, createIfMissing: true)
  }

  private func show(_ title: String, _ app: ClientID, _ host: DemoHost) async throws {
    try Output.heading(title)
    guard let token = try await host.controller.api(for: app).getSessionToken() else {
      throw CommandError(.software, "getSessionToken() gave no token for \(app.text)")
    }
    // No other command shows a token beside its claims. This one's secret is gone after the run, or its app is a demo.
    try Output.line(token)
    let jws = try CompactJWS(parsing: token)
    try Output.line("header  \(jws.headerObject)")
    try Output.line("claims  \(try jws.claims())")
    let claims = try host.verifier(for: app).verify(token, at: WallClock.system.now)
    try Output.line(
      "verified as the backend of \(app.text) does: user \(claims.subject), expires \(claims.expiresAt)",
      .good)
    try Output.line()
  }

  private func showRefusal(_ host: DemoHost) async throws {
    try Output.heading("User 43 has no permission for \(host.shopifyApp.text)")
    host.controller.authenticate(UserID(43))
    let token = try await host.controller.api(for: host.shopifyApp).getSessionToken()
    guard token == nil else {
      throw CommandError(.software, "user 43 got a token without a permission")
    }
    try Output.line("getSessionToken() → nil: the host gets the reason, the extension no token", .bad)
  }
}

/// A point of sale with two apps, one for each profile.
struct DemoHost {
  let shopifyApp: ClientID
  let openIDApp: ClientID
  let controller: SessionController
  private let secret: ClientSecret
  private let ring: KeyRing
  private let issuerURL: IssuerURL

  init(_ ring: KeyRing) throws {
    shopifyApp = ClientID("loyalty-app")
    openIDApp = ClientID("warehouse-app")
    // A random session ID has the alphabet and the length of a secret.
    secret = try ClientSecret(SessionID.random().text)
    issuerURL = IssuerURL("https://id.example.com")
    self.ring = ring

    let shop = ShopDomain("snow-devil.myshopify.com")
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
