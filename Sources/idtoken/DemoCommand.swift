import ArgumentParser
import IDTokens
import JOSECore
import KeyRotation
import SessionHost
import SystemSupport

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Open a POS session, get a token in each profile and verify both as backends would.",
    discussion: """
      The key ring is made if there is none. The demo app's client secret is made anew and forgotten.

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
      try Output.line("Making a key ring in \(store.directory): RS256 and ES256, each with a standby.\n")
    }
    return try await KeyRing.open(store, createIfMissing: true)
  }

  private func show(_ title: String, _ app: ClientID, _ host: DemoHost) async throws {
    try Output.heading(title)
    guard let token = try await host.controller.api(for: app).getSessionToken() else {
      throw DemoError(reason: "getSessionToken() gave no token for \(app.text)")
    }
    // The one place that prints a token: its secret dies with this process, or it is for a demo app.
    try Output.line(token)
    let inspection = try Inspection(token)
    try Output.line("header  \(inspection.header)")
    try Output.line("claims  \(inspection.claims)")
    let claims = try host.verifier(for: app).verify(token, at: WallClock.system.now)
    try Output.line(
      Output.good(
        "verified as the backend of \(app.text) would: user \(claims.subject), expires \(claims.expiresAt)"))
    try Output.line()
  }

  private func showRefusal(_ host: DemoHost) async throws {
    try Output.heading("User 43 has no permission for \(host.shopifyApp.text)")
    host.controller.authenticate(UserID(43))
    let token = try await host.controller.api(for: host.shopifyApp).getSessionToken()
    guard token == nil else { throw DemoError(reason: "user 43 got a token without a permission") }
    try Output.line(
      Output.bad("getSessionToken() → nil: ") + "the extension gets no token, its host the reason")
  }
}

struct DemoError: Error, CustomStringConvertible {
  let reason: String
  var description: String { reason }
}
