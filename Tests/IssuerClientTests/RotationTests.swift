#if Server && Client
import IDTokens
import TestIssuer
import TestSupport
import IssuerClient
import JOSECore
import KeyRotation
import Testing

@Suite(.timeLimit(.minutes(2))) struct RotationTests {
  @Test(
    "every token verifies during whole rotations of a ring",
    arguments: [Duration.seconds(1800), .seconds(3000)])
  func rotation(step: Duration) async throws {
    let time = TestTime(NumericDate(1_800_000_000))
    let clock = time.wallClock
    let policy = try RotationPolicy(
      algorithms: [.es256], tokenLifetime: 3600, rotationPeriod: 4 * 86_400)
    let directory = try TemporaryDirectory()
    let store = DirectoryStore(directory.path)
    try store.create(policy, at: clock.now)
    let ring = KeyRing(
      try #require(try await store.snapshot()), store: store, policy: policy, clock: clock,
      confirmedAt: clock.now)
    let rotator = KeyRotator(ring)
    let server = try await ScriptedServer { request in Self.answer(request, ring, at: clock.now) }
    let manual = ManualClock()
    var options = ConnectionOptions()
    // Real time, which a busy machine may need.
    options.timeout = .seconds(60)
    let remote = try RemoteJWKSet(issuer: EndpointURL(server.url), options: options, clock: manual)
    let issuer = RingIssuer(url: "https://id.example.com", ring: ring, clock: clock)
    let request = TokenContent(
      shop: ShopDomain("snow-devil.myshopify.com"), user: UserID(42), clientID: ClientID("my-app"),
      sessionID: SessionID("a-session"))
    var signers: Set<String> = []
    var rounds = 0
    while signers.count < 3, rounds < 60_000 {
      rounds += 1
      // Most of the time nothing happens; the rotator is asked as often as it wants to be.
      let pause = await rotator.cycle()
      let passed = max(step, min(pause, .seconds(6 * 3600)))
      let token = try issuer.token(request, .es256).text
      let header = try CompactJWS(parsing: token).header
      signers.insert(try #require(header.keyID))
      let claims = try await remote.verify(token, at: clock.now)
      #expect(claims.subject == "42")
      time.advance(by: passed.components.seconds)
      manual.advance(by: passed)
    }
    #expect(signers.count == 3)
    #expect(server.requests.count < rounds)
    #expect(server.requests.contains { $0.headers["if-none-match"] != nil })
  }

  /// The exporter's bytes, with its headers, as a static host would answer.
  static func answer(_ request: ScriptedRequest, _ ring: KeyRing, at now: NumericDate) -> ScriptedReply {
    guard
      let export = try? StaticExport(ring.current, issuer: "https://id.example.com", at: now),
      let file = export.files.first(where: { "/" + $0.path == request.path })
    else { return ScriptedReply(404) }
    let headers = [
      "ETag": file.entityTag, "Cache-Control": file.cacheControl, "Content-Type": file.contentType,
    ]
    return request.headers["if-none-match"] == file.entityTag
      ? ScriptedReply(304, headers) : ScriptedReply(200, headers, file.contents)
  }
}
#endif
