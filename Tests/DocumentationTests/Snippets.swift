import Foundation
import IDTokens
import JOSECore
import KeyRotation
import SessionHost
import Testing

#if JavaScript
import SessionScripting
#endif
#if Client
import TestIssuer
import IssuerClient
#endif

// The Swift examples of README and the catalogue, compiled and run. `SnippetTests` checks that they are the same lines.

/// Serialized because the examples name files relative to the working directory.
@Suite(.serialized) final class Snippets {
  let directory = NSTemporaryDirectory() + "snippets-\(UUID().uuidString)"
  let previousDirectory = FileManager.default.currentDirectoryPath

  init() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    _ = FileManager.default.createFile(
      atPath: directory + "/app.secret", contents: Data("a-client-secret-of-more-than-32-bytes\n".utf8),
      attributes: [.posixPermissions: 0o600])
    _ = FileManager.default.changeCurrentDirectoryPath(directory)
  }

  deinit {
    _ = FileManager.default.changeCurrentDirectoryPath(previousDirectory)
    try? FileManager.default.removeItem(atPath: directory)
  }

  @Test func lanes() async throws {
    let key = try RingSigningKey.generate(.es256)
    let now = WallClock.system.now
    let state = try KeyRing.new([key.newKey].compactMap(\.self), policy: .standard, at: now).ring
    let ring = CurrentKeyRing(try KeyRingSnapshot(state, signingKeys: [key]), confirmedAt: now)
    let url = try IssuerURL("https://id.example.com")
    let request = try TokenRequest(
      shop: ShopDomain("snow-devil.myshopify.com"), user: UserID(42), clientID: ClientID("my-app"),
      sessionID: .random())

    let issuer = TokenIssuer(url, ring: ring)
    var series = try issuer.series(request, .openID(.es256))
    let token = try await issuer.mintTogether(&series)  // from as many tasks as there are

    print(MultiBufferSigner.shared)  // on, 8 signatures at a time (libcrypto_mb.so.11, version 1.0.14)
    let withoutLanes = TokenIssuer(url, ring: ring, lanes: .off)

    var other = try withoutLanes.series(request, .openID(.es256))
    let verifier = TokenVerifier(keys: ring.current.jwks, audience: "my-app", issuer: url.text)
    for each in [token, try await withoutLanes.mintTogether(&other)] {
      #expect(try verifier.verify(each.serialized).subject == "42")
    }
  }

  @Test func readme() throws {
    let request = try TokenRequest(
      shop: ShopDomain("snow-devil.myshopify.com"), user: UserID(42),
      clientID: ClientID("my-app"), sessionID: .random())
    let secret = try ClientSecret(contentsOf: "app.secret")

    let issuer = TokenIssuer()
    var series = try issuer.series(request, .shopify(secret))  // encoded and hashed once for a session
    let token = try issuer.mint(&series)  // new jti, times of now

    let claims = try TokenVerifier(secrets: [secret], audience: "my-app").verify(token.serialized)
    #expect(claims.subject == "42")
  }

  @Test func overview() throws {
    let (request, secret) = try parts()
    let issuer = TokenIssuer()
    let token = try issuer.mint(request, .shopify(secret))
    #expect(token.expiresAt > issuer.clock.now)
  }

  @Test func hosts() async throws {
    let shop = try ShopDomain("snow-devil.myshopify.com")
    let app = try ClientID("my-app")
    let apps = InMemoryApps()  // or JSONFileApps, or your own AppRegistry and AppPermissions
    apps.register(
      try AppRegistration(
        clientID: app, secret: ClientSecret(contentsOf: "app.secret"), signedResponseAlgorithm: .hs256))
    apps.permit(UserID(42), toUse: app, in: shop)

    let controller = SessionController(
      Session(
        shopId: 1001, shopDomain: shop, userId: UserID(42), locationId: 5, staffMemberId: 7,
        currency: "CAD", posVersion: "10.6.0"),
      deviceId: 3003,
      tokens: LocalTokenSource(TokenIssuer(), apps: apps, permissions: apps),
      onRefusal: { app, reason in print("no token for \(app.text): \(reason)") })

    let session = controller.api(for: app, version: try APIVersion("2026-07"))
    let token = try await session.getSessionToken()  // nil: no permission, or no token within the deadline
    controller.switchLocation(to: 6)
    controller.unpin()
    controller.close()
    #expect(token != nil)
  }

  @Test func backends() throws {
    let (request, current) = try parts()
    let previous = try ClientSecret("the-client-secret-that-was-before-it")
    let token = try TokenIssuer().mint(request, .shopify(current)).serialized
    let jwks = Array(#"{"keys":[]}"#.utf8)
    let bySecret = try TokenVerifier(secrets: [current, previous], audience: "my-app")
    let byKeys = TokenVerifier(
      keys: try JWKSet(parsing: jwks.span), audience: "my-app", issuer: "https://id.example.com")
    let claims = try bySecret.verify(token)
    #expect(claims.audience == ["my-app"])
    #expect(throws: VerificationError.self) { try byKeys.verify(token) }
  }

  @Test func keyRings() async throws {
    let (request, _) = try parts()
    let store = DirectoryStore("ring")
    let policy = RotationPolicy.standard.with([.es256])
    try store.create(policy, at: WallClock.system.now)
    guard let first = try await store.snapshot() else { return }
    let ring = CurrentKeyRing(first, confirmedAt: WallClock.system.now)
    let issuer = TokenIssuer(try IssuerURL("https://id.example.com"), ring: ring)
    let token = try issuer.mint(request, .openID(.es256))
    let jwks = ring.current.jwksBytes  // application/jwk-set+json

    let rotator = KeyRotator(ring, store: store, policy: policy)
    await rotator.cycle()  // one round; in a process that lives on: `await rotator.run()`

    try await store.step(policy, at: WallClock.system.now, .rotate([.es256]))
    await rotator.cycle()  // the next token is signed with the new key
    let next = try issuer.mint(request, .openID(.es256))
    #expect(token.serialized.prefix { $0 != "." } != next.serialized.prefix { $0 != "." })
    let verifier = TokenVerifier(keys: try JWKSet(parsing: jwks.span), audience: "my-app")
    for token in [token, next] { #expect(try verifier.verify(token.serialized).subject == "42") }

    let follower = KeyRotator(ring, store: store, policy: policy, role: .follows)
    await follower.cycle()
    let health = await follower.health  // lastSuccess, lastError, failuresInARow, nextDue
    let signsUntil = ring.signsUntil  // R after the latest confirmation
    #expect(health.lastError == nil)
    #expect(health.lastSuccess?.advanced(by: policy.stalenessBound) == signsUntil)
  }

  @Test func keyRingsWithoutPrivateKeys() async throws {
    let store = DirectoryStore("ring")
    let policy = RotationPolicy.standard.with([.es256])
    try store.create(policy, at: WallClock.system.now)
    for name in try FileManager.default.contentsOfDirectory(atPath: "ring") where name.hasSuffix(".pem") {
      try FileManager.default.removeItem(atPath: "ring/" + name)
    }

    guard let first = try await store.publicSnapshot() else { return }
    let live = CurrentKeyRing(first, confirmedAt: WallClock.system.now)
    let rotator = KeyRotator(live, store: store, policy: policy, role: .serves)
    await rotator.cycle()  // or `await rotator.run()`

    let revoked = try #require(first.ring.activeKey(for: .es256)).keyID
    try await store.step(policy, at: WallClock.system.now, .revoke(keyID: revoked, reason: "stolen"))
    await rotator.cycle()
    let latest = try #require(try store.load())

    let now = WallClock.system.now
    try live.checkFreshness(at: now)  // an old JWKS may lack the next key
    let body = live.current.jwksBytes
    let maxAge = live.current.maxAge(at: now)  // shrinks toward the next change
    let keys = try JWKSet(parsing: body.span).keys.compactMap(\.keyID)
    #expect(keys == latest.keys.filter { $0.state != .revoked }.map(\.keyID))
    #expect(keys.count == 1 && !keys.contains(revoked))
    #expect((0...policy.maxAge).contains(maxAge))
  }

  #if Client
  @Test func remoteTokens() async throws {
    let (request, _) = try parts()
    let app = request.clientID
    let server = try await ScriptedServer(ScriptedReply(204))
    let url = try EndpointURL(server.url)
    _ = FileManager.default.createFile(
      atPath: "host.credential", contents: Data("a-host-credential\n".utf8),
      attributes: [.posixPermissions: 0o600])
    let session = Session(
      shopId: 1001, shopDomain: request.shop, userId: request.user, locationId: 5, currency: "CAD",
      posVersion: "10.6.0")
    let tokens = try RemoteTokenSource(
      issuer: url, credential: BearerCredential(contentsOf: "host.credential"))
    let controller = SessionController(session, deviceId: 3003, tokens: tokens)
    let token = try await controller.api(for: app).getSessionToken()
    #expect(token == nil)
    #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer a-host-credential"])
  }

  @Test func remoteKeys() async throws {
    let (request, secret) = try parts()
    let token = try TokenIssuer().mint(request, .shopify(secret)).serialized
    let server = try await ScriptedServer(.json(200, "{\"keys\": []}"))
    let url = try EndpointURL(server.url)
    let keys = try RemoteJWKSet(issuer: url)
    do {
      let claims = try await keys.verify(token, audience: "my-app", issuer: "https://id.example.com")
      print("hello, user \(claims.subject)")
    } catch .token(let refusal) {
      print("401: \(refusal)")
    } catch .keys(let error) {
      print("503: \(error)")
    }
    #expect(server.requests.count == 1)
  }
  #endif

  #if JavaScript
  @Test func scripting() async throws {
    let (controller, app) = try till()
    let script = "extension('pos.home.modal.render', (root) => { root.appendChild('hello') })"
    let running = try await ExtensionHost(session: controller.api(for: app)).run(script)
    let shown = running.tree.value  // and every change of it in `tree.values`
    controller.switchLocation(to: 6)  // seen from inside at once
    #expect(shown == [.text("hello")])
    await running.close()
  }

  @Test func scriptingWithFurtherAPIs() async throws {
    let (controller, app) = try till()
    let said = AsyncStream.makeStream(of: String.self)
    let show: @Sendable (String) -> Void = { said.continuation.yield($0) }
    let script = """
      extension('pos.home.modal.render', (root, api) => { api.toast.show(`${shopify.toast.duration} seconds`) })
      """
    let toast = HostAPI(
      "toast", values: ["duration": 5],
      functions: [
        "show": { arguments in
          show(arguments.first?.string ?? "")
          return nil
        }
      ])
    let host = ExtensionHost(
      session: controller.api(for: app, version: try APIVersion("2026-07")), apis: [toast],
      console: { message in print(message.level, message.text) },
      onError: { error in print("the extension: \(error)") })
    let running = try await host.run(script, file: "extension.js", target: "pos.home.modal.render")
    try await running.settle()
    #expect(await said.stream.first { _ in true } == "5 seconds")
    await running.close()
  }

  func till() throws -> (SessionController, ClientID) {
    let (request, secret) = try parts()
    let apps = InMemoryApps()
    apps.register(
      try AppRegistration(clientID: request.clientID, secret: secret, signedResponseAlgorithm: .hs256))
    apps.permit(request.user, toUse: request.clientID, in: request.shop)
    let session = Session(
      shopId: 1001, shopDomain: request.shop, userId: request.user, locationId: 5, currency: "CAD",
      posVersion: "10.6.0")
    let tokens = LocalTokenSource(TokenIssuer(), apps: apps, permissions: apps)
    return (SessionController(session, deviceId: 3003, tokens: tokens), request.clientID)
  }
  #endif

  func parts() throws -> (TokenRequest, ClientSecret) {
    let request = try TokenRequest(
      shop: ShopDomain("snow-devil.myshopify.com"), user: UserID(42), clientID: ClientID("my-app"),
      sessionID: .random())
    return (request, try ClientSecret(contentsOf: "app.secret"))
  }
}
