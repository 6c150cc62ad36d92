#if Server && Client
import IDTokens
import TestIssuer
import TestSupport
import IssuerClient
import JOSECore
import SessionHost
import Testing

/// A request for a token, a token that answers it, and sources whose clock stands still.
struct TokenFixture {
  let now = NumericDate(1_800_000_000)
  let secret: ClientSecret
  let request: SessionTokenRequest
  /// A correct answer to the request.
  let token: IDToken

  init() throws {
    secret = try ClientSecret("a-client-secret-of-more-than-32-bytes")
    let (shop, user, app) = (ShopDomain("snow-devil.myshopify.com"), UserID(42), ClientID("my-app"))
    let session = Session(
      shopId: 1001, shopDomain: shop, userId: user, locationId: 5, staffMemberId: 7, currency: "CAD",
      posVersion: "10.6.0")
    request = SessionTokenRequest(
      session: session, user: user, clientID: app, sessionID: SessionID("a-session"))
    token = try Self.token(user, app, secret, at: now)
  }

  static func token(
    _ user: UserID, _ app: ClientID, _ secret: ClientSecret, at now: NumericDate
  ) throws -> IDToken {
    let request = TokenContent(
      shop: ShopDomain("snow-devil.myshopify.com"), user: user, clientID: app,
      sessionID: SessionID("a-session"))
    return try ShopifyIssuer(clock: .fixed(now)).token(request, secret)
  }

  func source(
    _ url: String, timeout: Duration = .seconds(30), clock: any Clock<Duration> = ContinuousClock()
  ) throws -> RemoteTokenSource {
    var options = ConnectionOptions()
    (options.timeout, options.clock) = (timeout, clock)
    return try RemoteTokenSource(
      issuer: EndpointURL(url), credential: BearerCredential("the-credential"), options: options,
      clock: .fixed(now))
  }

  /// The result of one request that the issuer answers with `reply`.
  func answer(_ reply: ScriptedReply) async throws -> Result<IDToken?, IssuerClientError> {
    let server = try await ScriptedServer(reply)
    let result = await ask(try source(server.url))
    #expect(server.requests.count == 1)
    return result
  }

  func ask(_ source: RemoteTokenSource) async -> Result<IDToken?, IssuerClientError> {
    do throws(IssuerClientError) { return .success(try await source.sessionToken(for: request)) } catch {
      return .failure(error)
    }
  }

  /// The answer to a request that is granted.
  var granted: ScriptedReply { Self.granted(token) }

  static func granted(_ token: IDToken) -> ScriptedReply {
    .json(
      200, "{\"token\": \"\(token.text)\", \"expiresAt\": \(token.expiresAt.secondsSinceEpoch)}")
  }
}

extension Result {
  var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
#endif
