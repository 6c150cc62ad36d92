#if JavaScript
import IDTokens
import JOSECore
import SessionHost
import SessionScripting
import Synchronization
import TestSupport

/// A point of sale with one app that gets HS256 tokens, and what its extension says and does wrong.
struct Till {
  let shop: ShopDomain
  let app: ClientID
  let secret: ClientSecret
  let apps = InMemoryApps()
  let console = Recorder<ConsoleMessage>()
  let errors = Recorder<ScriptError>()

  init() throws {
    (shop, app) = (ShopDomain("snow-devil.myshopify.com"), ClientID("my-app"))
    secret = try ClientSecret("a-client-secret-of-more-than-32-bytes")
    apps.register(try AppRegistration(clientID: app, secret: secret, signedResponseAlgorithm: .hs256))
    apps.permit(UserID(42), toUse: app, in: shop)
  }

  func controller(
    tokens source: (any SessionTokenSource)? = nil, staffMember: UInt64? = 7,
    clock: any Clock<Duration> = StoppedClock()
  ) -> SessionController {
    let session = Session(
      shopId: 1001, shopDomain: shop, userId: UserID(42), locationId: 5, staffMemberId: staffMember,
      currency: "CAD", posVersion: "10.6.0")
    return SessionController(
      session, deviceId: 3003,
      tokens: source ?? SessionTokenIssuer(apps), clock: clock)
  }

  /// Time stands still on `clock`: no deadline passes, and no timer fires.
  func host(
    _ controller: SessionController, version: String = "2026-07", apis: [HostAPI] = [],
    timeLimit: Duration = .seconds(20), clock: any Clock<Duration> = StoppedClock()
  ) throws -> ExtensionHost {
    ExtensionHost(
      session: controller.api(for: app, version: try APIVersion(version)), apis: apis, timeLimit: timeLimit,
      clock: clock, console: { [console] in console.append($0) }, onError: { [errors] in errors.append($0) }
    )
  }

  func verify(_ token: String) throws -> IDTokenClaims {
    try TokenVerifier(.secret(secret), audience: ExpectedAudience(app.text), issuer: .anyShop).verify(token)
  }

  /// What a script says when it is run by a host of its own, and everything that it waited for.
  func said(
    _ script: String, by controller: SessionController? = nil, version: String = "2026-07",
    apis: [HostAPI] = []
  ) async throws -> [String] {
    let running = try await host(controller ?? self.controller(), version: version, apis: apis).run(script)
    try await running.settle()
    await running.close()
    return lines
  }

  var lines: [String] { console.elements.map(\.text) }
}

/// A clock on which the sleeps of timers are over at once, and an `ExtensionHost`'s deadline never is.
struct TimerClock: Clock {
  var now: TestInstant { TestInstant() }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: TestInstant, tolerance: Duration?) async throws {
    if deadline.offset >= .seconds(10) { try await StoppedClock().sleep(until: deadline, tolerance: nil) }
  }
}
#endif
