import Foundation
import IDTokens
import JOSECore
import KeyRotation
import SessionHost
import TestSupport
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
  private let directory: TemporaryDirectory
  private let previousDirectory = FileManager.default.currentDirectoryPath

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("a-client-secret-of-more-than-32-bytes\n", to: "app.secret")
    _ = FileManager.default.changeCurrentDirectoryPath(directory.path)
  }

  deinit { _ = FileManager.default.changeCurrentDirectoryPath(previousDirectory) }

  @Test func multiBuffer() async throws {
    let ring = try sampleRing()

    let issuer = TokenIssuer(url: "https://id.example.com", ring: ring, algorithm: .es256)
    let session = try issuer.session(TokenContent(subject: "user-7", audience: ["till"]))
    let token = try await session.batchedToken()  // from as many tasks as there are

    print(MultiBufferSigner.shared)  // on, 8 signatures at a time (libcrypto_mb.so.11, version 1.0.14)
    let single = TokenIssuer(
      url: "https://id.example.com", ring: ring, algorithm: .es256, multiBuffer: .off)

    let verifier = TokenVerifier(.jwkSet(issuer.jwkSet), audience: "till", issuer: "https://id.example.com")
    #expect(try verifier.verify(token.text).subject == "user-7")
    let other = try await single.batchedToken(TokenContent(subject: "user-8", audience: ["till"]))
    #expect(try verifier.verify(other.text).subject == "user-8")
  }

  @Test func readme() throws {
    let secret = try ClientSecret(contentsOf: "app.secret")
    let issuer = TokenIssuer.shopify(clientID: "my-app", secret: secret)
    let token = try issuer.token(shop: "snow-devil.myshopify.com", user: 42)

    let session = try issuer.session(shop: "snow-devil.myshopify.com", user: 42)
    let text = try session.token().text  // encoded and hashed once: new jti, times of now

    let verifier = TokenVerifier(.secret(secret), audience: "my-app", issuer: .anyShop)
    let claims = try verifier.verify(text)
    #expect(claims.subject == "42" && token.text != text)
  }

  @Test func openID() throws {
    let (ring, nonce) = (try sampleRing(), "n-0S6_WzA2Mj")

    struct Till: Codable, Equatable { var location: Int }
    let issuer = TokenIssuer(url: "https://id.example.com", ring: ring, algorithm: .es256)
    let token = try issuer.token(
      subject: "user-7", audience: "till", nonce: nonce, claims: Till(location: 6))

    let verifier = TokenVerifier(.jwkSet(issuer.jwkSet), audience: "till", issuer: "https://id.example.com")
    let till = try verifier.verify(token.text, as: Till.self, nonce: nonce)
    #expect(till == Till(location: 6))
  }

  @Test func openIDClaims() throws {
    let issuer = TokenIssuer(url: "https://id.example.com", ring: try sampleRing(), algorithm: .es256)

    var content = TokenContent(subject: "user-7", audience: ["till", "stock"], authorizedParty: "till")
    content.authenticatedAt = NumericDate(1_800_000_000)
    content.authenticationContext = "urn:mace:incommon:iap:silver"
    content.authenticationMethods = ["pwd", "otp"]
    let token = try issuer.token(content)

    let verifier = TokenVerifier(.jwkSet(issuer.jwkSet), audience: "till", issuer: "https://id.example.com")
    #expect(try verifier.verify(token.text).authenticationMethods == ["pwd", "otp"])
  }

  @Test func overview() throws {
    let secret = try ClientSecret(contentsOf: "app.secret")
    let issuer = TokenIssuer.shopify(clientID: "my-app", secret: secret)
    let token = try issuer.token(shop: "snow-devil.myshopify.com", user: 42)
    #expect(token.expiresAt > WallClock.system.now)
  }

  @Test func hosts() async throws {
    let apps = InMemoryApps()  // or an AppAuthorizer of your own
    apps.register(
      try AppRegistration(
        clientID: "my-app", secret: ClientSecret(contentsOf: "app.secret"), signedResponseAlgorithm: .hs256))
    apps.permit(42, toUse: "my-app", in: "snow-devil.myshopify.com")

    let controller = SessionController(
      Session(
        shopId: 1001, shopDomain: "snow-devil.myshopify.com", userId: 42, locationId: 5, staffMemberId: 7,
        currency: "CAD", posVersion: "10.6.0"),
      deviceId: 3003, tokens: SessionTokenIssuer(apps),
      onRefusal: { app, reason in print("no token for \(app.text): \(reason)") })

    let session = controller.api(for: "my-app", version: try APIVersion("2026-07"))
    let token = try await session.getSessionToken()  // nil: no permission, or no token within the deadline
    controller.switchLocation(to: 6)
    controller.unpin()
    controller.close()
    #expect(token != nil)
  }

  @Test func backends() throws {
    let current = try ClientSecret(contentsOf: "app.secret")
    let previous = try ClientSecret("the-client-secret-that-was-before-it")
    let token = try TokenIssuer.shopify(clientID: "my-app", secret: current)
      .token(shop: "snow-devil.myshopify.com", user: 42).text
    let jwks = Array(#"{"keys":[]}"#.utf8)
    let bySecret = TokenVerifier(
      .secrets(current, previous: previous), audience: "my-app", issuer: .anyShop)
    let byKeys = TokenVerifier(
      .jwkSet(try JWKSet(parsing: jwks.span)), audience: "my-app", issuer: "https://id.example.com")
    let claims = try bySecret.verify(token)
    #expect(claims.audience == ["my-app"])
    let refusal = #expect(throws: VerificationError.self) { try byKeys.verify(token) }
    #expect(refusal?.code == "algorithm_not_allowed")
  }

  @Test func keyRings() async throws {
    let policy = RotationPolicy.standard.with([.es256])
    let ring = try await KeyRing.open("ring", policy: policy, createIfMissing: true)
    let issuer = TokenIssuer(url: "https://id.example.com", ring: ring, algorithm: .es256)
    let token = try issuer.token(subject: "user-7", audience: "my-app")
    let jwks = ring.publishedSets[0].bytes  // application/jwk-set+json

    let rotator = KeyRotator(ring)
    await rotator.cycle()  // one round; in a process that lives on: `await rotator.run()`

    try await ring.rotate([.es256])  // the next token is signed with the new key
    let next = try issuer.token(subject: "user-7", audience: "my-app")
    #expect(token.text.prefix { $0 != "." } != next.text.prefix { $0 != "." })
    let verifier = TokenVerifier(
      .jwkSet(try JWKSet(parsing: jwks.span)), audience: "my-app", issuer: "https://id.example.com")
    for token in [token, next] { #expect(try verifier.verify(token.text).subject == "user-7") }

    let follower = KeyRotator(try await KeyRing.open("ring", role: .follows))
    await follower.cycle()
    let lastError = await follower.lastError  // also lastSuccess, failuresInARow, nextDue
    let signsUntil = follower.ring.signsUntil  // R after the latest confirmation
    #expect(lastError == nil)
    #expect(await follower.lastSuccess?.advanced(by: policy.stalenessBound) == signsUntil)
  }

  @Test func keyRingsWithoutPrivateKeys() async throws {
    let policy = RotationPolicy.standard.with([.es256])
    let rotating = try await KeyRing.open("rotating", policy: policy, createIfMissing: true)
    // The process that serves has a copy without private keys.
    let files = FileManager.default
    try files.createDirectory(atPath: "ring", withIntermediateDirectories: true)
    try files.copyItem(atPath: "rotating/ring.json", toPath: "ring/ring.json")

    let ring = try await KeyRing.open("ring", role: .serves)
    let rotator = KeyRotator(ring)
    await rotator.cycle()  // or `await rotator.run()`

    let revoked = try #require(ring.keys.first { $0.state == .active }).keyID
    try await rotating.revoke(revoked, reason: "stolen")
    try files.removeItem(atPath: "ring/ring.json")
    try files.copyItem(atPath: "rotating/ring.json", toPath: "ring/ring.json")
    await rotator.cycle()

    let maxAge = try ring.maxAge()  // throws once R is over: an old JWKS may lack the next key
    let body = ring.publishedSets[0].bytes
    let keys = try JWKSet(parsing: body.span).keys.compactMap(\.keyID)
    #expect(keys == rotating.keys.filter { $0.state != .revoked }.map(\.keyID))
    #expect(!keys.contains(revoked))
    #expect((0...policy.maxAge).contains(maxAge))
  }

  #if Client
  @Test func remoteTokens() async throws {
    let server = try await ScriptedServer(ScriptedReply(204))
    let url = try EndpointURL(server.url)
    _ = FileManager.default.createFile(
      atPath: "host.credential", contents: Data("a-host-credential\n".utf8),
      attributes: [.posixPermissions: 0o600])
    let session = try till().session
    let tokens = try RemoteTokenSource(
      issuer: url, credential: BearerCredential(contentsOf: "host.credential"))
    let controller = SessionController(session, deviceId: 3003, tokens: tokens)
    let token = try await controller.api(for: "my-app").getSessionToken()
    #expect(token == nil)
    #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer a-host-credential"])
  }

  @Test func remoteKeys() async throws {
    let token = try TokenIssuer(url: "https://id.example.com", ring: sampleRing(), algorithm: .es256)
      .token(subject: "user-7", audience: "my-app").text
    let server = try await ScriptedServer(.json(200, "{\"keys\": []}"))
    let url = try EndpointURL(server.url)
    let verifier = TokenVerifier(
      try .remote(url), audience: "my-app", issuer: "https://id.example.com")  // one for the whole process
    do {
      let claims = try await verifier.verify(token)
      print("hello, \(claims.subject)")
    } catch  where error.code == "keys_unavailable" {
      print("503: \(error)")
    } catch {
      print("401: \(error)")
    }
    #expect(server.requests.count >= 1)
  }
  #endif

  #if JavaScript
  @Test func scripting() async throws {
    let controller = try till()
    let script = "extension('pos.home.modal.render', (root) => { root.appendChild('hello') })"
    let running = try await ExtensionHost(session: controller.api(for: "my-app")).run(script)
    let shown = running.tree.value  // and every change of it in `tree.values`
    controller.switchLocation(to: 6)  // seen from inside at once
    #expect(shown == [.text("hello")])
    await running.close()
  }

  @Test func scriptingWithFurtherAPIs() async throws {
    let controller = try till()
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
      session: controller.api(for: "my-app", version: try APIVersion("2026-07")), apis: [toast],
      console: { message in print(message.level, message.text) },
      onError: { error in print("the extension: \(error)") })
    let running = try await host.run(script, file: "extension.js", target: "pos.home.modal.render")
    try await running.settle()
    #expect(await said.stream.first { _ in true } == "5 seconds")
    await running.close()
  }
  #endif

  func till() throws -> SessionController {
    let apps = InMemoryApps()
    let secret = try ClientSecret(contentsOf: "app.secret")
    apps.register(try AppRegistration(clientID: "my-app", secret: secret, signedResponseAlgorithm: .hs256))
    apps.permit(42, toUse: "my-app", in: "snow-devil.myshopify.com")
    let session = Session(
      shopId: 1001, shopDomain: "snow-devil.myshopify.com", userId: 42, locationId: 5, currency: "CAD",
      posVersion: "10.6.0")
    return SessionController(session, deviceId: 3003, tokens: SessionTokenIssuer(apps))
  }

  func sampleRing() throws -> KeyRing {
    try KeyRing.inMemory(algorithms: [.es256])
  }
}
