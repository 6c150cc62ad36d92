public import IDTokens
public import JOSECore
public import KeyRotation
import Synchronization

/// Issues the tokens of a host's apps in this process: it asks the authorizer, then mints with the app's secret or the
/// ring's key.
public final class SessionTokenIssuer: SessionTokenSource {
  private let ring: (url: IssuerURL, ring: KeyRing)?
  private let authorizer: any AppAuthorizer
  private let lifetime: Duration
  private let clock: WallClock
  private let minters: MinterPool
  private let sessions = Mutex<[SessionID: AppSession]>([:])

  /// For apps of the Shopify profile alone, which needs no keys of its own.
  ///
  /// - Parameters:
  ///   - authorizer: knows the apps, and who may use them.
  ///   - lifetime: whole seconds, a day at the most.
  ///   - clock: the time of tokens.
  public convenience init(
    _ authorizer: any AppAuthorizer, lifetime: Duration = .seconds(60), clock: WallClock = .system
  ) {
    self.init(nil, authorizer, lifetime, clock, .off)
  }

  /// For apps of the Shopify profile, and for apps whose tokens the ring signs.
  ///
  /// - Parameters:
  ///   - authorizer: knows the apps, and who may use them.
  ///   - url: the claim `iss` of tokens that the ring signs.
  ///   - ring: the keys.
  ///   - lifetime: whole seconds, a day or the ring's `token_lifetime` at the most.
  ///   - clock: the time of tokens.
  ///   - multiBuffer: signs eight tokens of concurrent callers at a time, where the processor can.
  public convenience init(
    _ authorizer: any AppAuthorizer, url: IssuerURL, ring: KeyRing, lifetime: Duration = .seconds(60),
    clock: WallClock = .system, multiBuffer: MultiBufferSigner = .shared
  ) {
    self.init((url, ring), authorizer, lifetime, clock, multiBuffer)
  }

  private init(
    _ ring: (IssuerURL, KeyRing)?, _ authorizer: any AppAuthorizer, _ lifetime: Duration,
    _ clock: WallClock, _ multiBuffer: MultiBufferSigner
  ) {
    (self.ring, self.authorizer, self.lifetime, self.clock) = (ring, authorizer, lifetime, clock)
    minters = .with(multiBuffer)
  }

  public var localIssuer: SessionTokenIssuer? { self }

  public func sessionToken(for request: SessionTokenRequest) async throws -> IDToken? {
    try await authorize(request)?.tokens.batchedToken()
  }

  /// Asks whether the request's user may use its app; `nil` if not.
  package func authorize(_ request: SessionTokenRequest) async throws -> AuthorizedSession? {
    // Read first: a change during the call makes the answer stale.
    let version = authorizer.version
    let app = try await authorizer.authorize(
      request.user, toUse: request.clientID, in: request.session.shopDomain)
    guard let app else { return nil }
    return AuthorizedSession(app, try tokens(request, app), authorizer, version)
  }
}

extension SessionTokenIssuer {
  /// The tokens of a session, and the app that they were prepared for: another secret or algorithm makes them stale.
  private struct AppSession {
    let app: AppRegistration
    let tokens: TokenSession
  }

  private func tokens(
    _ request: SessionTokenRequest, _ app: AppRegistration
  ) throws(IDTokenError) -> TokenSession {
    let content = TokenContent(
      shop: request.session.shopDomain, user: request.user, clientID: request.clientID,
      sessionID: request.sessionID)
    if let known = sessions.withLock({ $0[request.sessionID] }), known.app == app,
      known.tokens.content == content
    {
      return known.tokens
    }
    let tokens = try issuer(for: app).session(content)
    sessions.withLock { sessions in
      // Sessions that ended leave theirs behind. Preparing one again costs little, so nothing finer is needed.
      if sessions.count >= 4096, sessions[request.sessionID] == nil { sessions.removeAll() }
      sessions[request.sessionID] = AppSession(app: app, tokens: tokens)
    }
    return tokens
  }

  private func issuer(for app: AppRegistration) throws(IDTokenError) -> TokenIssuer {
    if let secret = app.signingSecret {
      return .shopify(clientID: app.clientID, secret: secret, lifetime: lifetime, clock: clock)
    }
    guard let ring else { throw .noRing }
    return TokenIssuer(
      url: ring.url, ring: ring.ring, algorithm: app.signedResponseAlgorithm, lifetime: lifetime,
      clock: clock, minters: minters)
  }
}

/// An authorizer's answer for a session and app, and the tokens that rest on it.
package final class AuthorizedSession: Sendable {
  package let app: AppRegistration
  package let tokens: TokenSession
  private let authorizer: any AppAuthorizer
  private let version: Int?

  fileprivate init(
    _ app: AppRegistration, _ tokens: TokenSession, _ authorizer: any AppAuthorizer, _ version: Int?
  ) {
    (self.app, self.tokens, self.authorizer, self.version) = (app, tokens, authorizer, version)
  }

  /// Whether the answer may be used again.
  package var isCurrent: Bool {
    guard let version else { return false }
    return authorizer.version == version
  }
}
