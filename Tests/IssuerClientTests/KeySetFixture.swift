#if Server && Client
import IDTokens
import TestIssuer
import TestSupport
import IssuerClient
import JOSECore
import KeyRotation
import Synchronization

/// The keys of an issuer, and a token that they verify at `now`.
struct IssuerKeys {
  let jwks: [UInt8]
  let token: String
  static let now = NumericDate(1_800_000_000)

  init() throws {
    let keys = [try RingSigningKey.generate(.es256), try RingSigningKey.generate(.es256)]
    let policy = try RotationPolicy(algorithms: [.es256])
    let ring = try KeyRingState.new(keys.compactMap(\.newKey), policy: policy, at: Self.now).ring
    let snapshot = try KeyRingSnapshot(ring, signingKeys: [keys[0]])
    jwks = snapshot.jwksBytes
    let keyRing = KeyRing(snapshot, confirmedAt: Self.now)
    let issuer = RingIssuer(url: "https://id.example.com", ring: keyRing, clock: .fixed(Self.now))
    let request = TokenContent(
      shop: ShopDomain("snow-devil.myshopify.com"), user: UserID(42), clientID: ClientID("my-app"),
      sessionID: SessionID("a-session"))
    token = try issuer.token(request, .es256).text
  }
}

/// A server of key sets whose answers can be changed and held back, and a clock for its clients.
final class KeySetFixture: Sendable {
  let clock = ManualClock()
  let server: ScriptedServer
  private let answer: Answer

  private final class Answer: Sendable {
    let reply: Mutex<ScriptedReply>
    let gate = Mutex<[CheckedContinuation<Void, Never>]?>(nil)
    init(_ reply: ScriptedReply) { self.reply = Mutex(reply) }

    func waitForGate() async {
      await withCheckedContinuation { continuation in
        let isOpen = gate.withLock { gate in
          gate?.append(continuation)
          return gate == nil
        }
        if isOpen { continuation.resume() }
      }
    }
  }

  init(_ reply: ScriptedReply) async throws {
    let answer = Answer(reply)
    self.answer = answer
    server = try await ScriptedServer { request in
      let reply = answer.reply.withLock { $0 }
      await answer.waitForGate()
      // A conditional request for what the server has (RFC 9110 §13.1.2).
      if let tag = request.headers["if-none-match"], reply.text.contains("ETag: \(tag)\r\n") {
        return ScriptedReply(304, ["ETag": tag, "Cache-Control": "max-age=60"])
      }
      return reply
    }
  }

  var reply: ScriptedReply {
    get { answer.reply.withLock { $0 } }
    set { answer.reply.withLock { $0 = newValue } }
  }

  /// Holds answers back until `openGate`.
  func closeGate() { answer.gate.withLock { $0 = [] } }

  func openGate() {
    let waiting = answer.gate.withLock { gate in
      defer { gate = nil }
      return gate ?? []
    }
    for continuation in waiting { continuation.resume() }
  }

  var requestCount: Int { server.requests.count }

  /// Returns when the server has received as many requests.
  func requests(_ count: Int) async { while requestCount < count { await Task.yield() } }

  func remote(_ change: (inout KeySetCaching) -> Void = { _ in }) throws -> RemoteJWKSet {
    var caching = KeySetCaching()
    change(&caching)
    var options = ConnectionOptions()
    options.timeout = .seconds(30)
    return try RemoteJWKSet(
      issuer: EndpointURL(server.url), caching: caching, options: options, clock: clock)
  }
}

extension ScriptedReply {
  static func jwks(_ keys: IssuerKeys, maxAge: Int? = 60, tag: String? = nil) -> ScriptedReply {
    var headers = ["Content-Type": "application/jwk-set+json"]
    if let maxAge { headers["Cache-Control"] = "public, max-age=\(maxAge)" }
    if let tag { headers["ETag"] = tag }
    return ScriptedReply(200, headers, keys.jwks)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension RemoteJWKSet {
  /// Why there are no keys; `nil` if there are.
  func keysError() async -> IssuerClientError? {
    do throws(IssuerClientError) { _ = try await keys() } catch { return error }
    return nil
  }

  /// The claims of a token that verifies by these keys.
  func verify(
    _ token: String, audience: ExpectedAudience = "my-app", issuer: ExpectedIssuer = "https://id.example.com",
    at now: NumericDate = IssuerKeys.now
  ) async throws(VerificationError) -> IDTokenClaims {
    try await TokenVerifier(self, audience: audience, issuer: issuer).verify(token, at: now)
  }

  /// Whether a token of `keys` verifies.
  func accepts(_ keys: IssuerKeys) async throws(VerificationError) -> Bool {
    try await verify(keys.token).subject == "42"
  }

  /// Why a token of `keys` does not verify; `nil` if it does.
  func refusal(_ keys: IssuerKeys) async -> VerificationError? {
    do throws(VerificationError) { _ = try await accepts(keys) } catch { return error }
    return nil
  }
}

extension VerificationError {
  static func keys(_ error: IssuerClientError) -> VerificationError { .keysUnavailable("\(error)") }
}
#endif
