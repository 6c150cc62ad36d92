public import JOSECore
public import KeyRotation

/// Issues the ID tokens of one client secret, one ring's algorithm or one key elsewhere, from any number of threads.
///
/// `token` makes one. A `session` makes many for the same subject: what they have in common is encoded and hashed once.
public final class TokenIssuer: Sendable {
  private let keys: Keys
  /// The ring of `keys`.
  let ring: KeyRing?
  private let lifetime: Int64
  let clock: WallClock
  let minters: MinterPool

  private enum Keys: Sendable {
    case secret(ClientID, ClientSecret)
    case ring(IssuerURL, KeyRing, Algorithm)
    case external(IssuerURL, ExternalKey)
  }

  private init(_ keys: Keys, _ lifetime: Duration, _ clock: WallClock, _ minters: MinterPool) {
    (self.keys, self.lifetime, self.clock, self.minters) = (keys, lifetime.wholeSeconds, clock, minters)
    ring = if case .ring(_, let ring, _) = keys { ring } else { nil }
  }

  /// An issuer of Shopify session tokens for one app: HS256 with its client secret, `iss` is the admin of the shop.
  ///
  /// - Parameters:
  ///   - clientID: the app, `aud` of its tokens.
  ///   - secret: the app's client secret.
  ///   - lifetime: whole seconds, a day at the most.
  ///   - clock: the time of tokens.
  public static func shopify(
    clientID: ClientID, secret: ClientSecret, lifetime: Duration = .seconds(60), clock: WallClock = .system
  ) -> TokenIssuer {
    TokenIssuer(.secret(clientID, secret), lifetime, clock, .single)
  }

  /// An issuer of OpenID Connect ID tokens, signed by the ring's active key for the algorithm, which `kid` names.
  ///
  /// - Parameters:
  ///   - url: the claim `iss`.
  ///   - ring: the keys.
  ///   - algorithm: one that the ring's policy has.
  ///   - lifetime: whole seconds, a day or the ring's `token_lifetime` at the most.
  ///   - clock: the time of tokens.
  ///   - multiBuffer: signs eight tokens of concurrent callers at a time, where the processor can.
  public convenience init(
    url: IssuerURL, ring: KeyRing, algorithm: Algorithm = .rs256, lifetime: Duration = .seconds(60),
    clock: WallClock = .system, multiBuffer: MultiBufferSigner = .shared
  ) {
    self.init(.ring(url, ring, algorithm), lifetime, clock, .with(multiBuffer))
  }

  /// An issuer whose private key is elsewhere. Its tokens take an `await`: use `batchedToken`.
  public convenience init(
    url: IssuerURL, signer: any TokenSigner, lifetime: Duration = .seconds(60), clock: WallClock = .system
  ) throws(IDTokenError) {
    self.init(.external(url, try ExternalKey(signer)), lifetime, clock, .single)
  }

  /// For a host with many apps, whose tokens are signed in the same batches.
  package convenience init(
    url: IssuerURL, ring: KeyRing, algorithm: Algorithm, lifetime: Duration, clock: WallClock,
    minters: MinterPool
  ) {
    self.init(.ring(url, ring, algorithm), lifetime, clock, minters)
  }

  /// The public keys that verify this issuer's tokens; empty for a client secret, which is never published.
  public var jwkSet: JWKSet {
    switch keys {
    case .secret: JWKSet([])
    case .ring(_, let ring, _): ring.current.jwks
    case .external(_, let key): JWKSet([key.publicJWK])
    }
  }
}

// MARK: - Tokens

extension TokenIssuer {
  /// A fresh token.
  public func token(_ content: TokenContent) throws(IDTokenError) -> IDToken {
    let now = clock.now
    try ring?.check(at: now)
    return try minters.mint(prepare(content), at: now)
  }

  /// Like `token(_:)`, but may sign concurrent requests as one batch. Use it in servers.
  ///
  /// - Throws: an error with the code `cancelled`, if the task is cancelled before its token is signed.
  public nonisolated(nonsending) func batchedToken(_ content: TokenContent) async throws(IDTokenError)
    -> IDToken
  {
    try await session(content).batchedToken()
  }

  /// The tokens of one session: what they have in common is encoded and hashed now, once.
  public func session(_ content: TokenContent) throws(IDTokenError) -> TokenSession {
    try TokenSession(self, content)
  }

  /// A fresh token about the user of a shop.
  ///
  /// - Parameters:
  ///   - shop: `dest`, and of a Shopify issuer's tokens `iss`.
  ///   - user: `sub`.
  ///   - clientID: `aud`; left out, the client of a Shopify issuer.
  ///   - sessionID: `sid`; left out, a random one.
  public func token(
    shop: ShopDomain, user: UserID, clientID: ClientID? = nil, sessionID: SessionID? = nil
  ) throws(IDTokenError) -> IDToken {
    try token(.shop(shop, user, clientID, sessionID))
  }

  /// The tokens about the user of a shop. The parameters are those of `token(shop:user:clientID:sessionID:)`.
  public func session(
    shop: ShopDomain, user: UserID, clientID: ClientID? = nil, sessionID: SessionID? = nil
  ) throws(IDTokenError) -> TokenSession {
    try session(.shop(shop, user, clientID, sessionID))
  }

  /// A fresh token about any subject; `TokenContent` has the claims beyond these.
  public func token(
    subject: String, audience: ClientID, nonce: String? = nil
  ) throws(IDTokenError) -> IDToken {
    try token(TokenContent(subject: subject, audience: [audience], nonce: nonce))
  }

  /// The same with custom claims, which must not have the names of the issuer's own.
  public func token(
    subject: String, audience: ClientID, nonce: String? = nil, claims: some Encodable
  ) throws(IDTokenError) -> IDToken {
    try token(TokenContent(subject: subject, audience: [audience], nonce: nonce).adding(claims))
  }
}

extension TokenContent {
  fileprivate static func shop(
    _ shop: ShopDomain, _ user: UserID, _ clientID: ClientID?, _ sessionID: SessionID?
  ) throws(IDTokenError) -> TokenContent {
    let sessionID = if let sessionID { sessionID } else { try SessionID.random() }
    return TokenContent(shop: shop, user: user, clientID: clientID, sessionID: sessionID)
  }
}

// MARK: - Preparing

extension TokenIssuer {
  /// The ring's epoch, at which tokens were prepared and must be prepared anew; always the same without a ring.
  var epoch: Int { ring?.epoch ?? 0 }

  func prepare(_ content: TokenContent) throws(IDTokenError) -> PreparedToken {
    switch keys {
    case .secret(let clientID, let secret):
      var content = content
      if content.audience.isEmpty { content.audience = [clientID] }
      guard content.audience == [clientID] else {
        throw .foreignAudience(content.audience.map(\.text), expected: clientID.text)
      }
      return try PreparedToken(content, secret: secret, lifetime: lifetime)
    case .ring(let url, let ring, let algorithm):
      let key: RingSigningKey
      do throws(KeyRingError) { key = try ring.current.signingKey(for: algorithm) } catch {
        throw .ring(error)
      }
      return try PreparedToken(content, issuer: url, key: key, lifetime: lifetime)
    case .external(let url, let key):
      return try PreparedToken(
        content, issuer: url, keyID: key.keyID, signer: key.signer, lifetime: lifetime)
    }
  }

  /// The key that signs elsewhere, if one does.
  var externalKey: ExternalKey? { if case .external(_, let key) = keys { key } else { nil } }
}

extension Duration {
  /// Seconds, 0 for what isn't a whole number of them: no lifetime.
  fileprivate var wholeSeconds: Int64 { components.attoseconds == 0 ? components.seconds : 0 }
}

extension KeyRing {
  /// Refuses to sign by a ring that nobody has confirmed within the policy's bound.
  func check(at now: NumericDate) throws(IDTokenError) {
    do throws(KeyRingError) { try checkFreshness(at: now) } catch { throw .ring(error) }
  }
}
