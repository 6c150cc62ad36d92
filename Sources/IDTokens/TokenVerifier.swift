public import JOSECore

/// Verifies ID tokens as a backend does, by an app's client secret or by the issuer's public keys (OpenID Connect Core
/// §3.1.3.7, RFC 7519 §7.2, RFC 8725).
///
///     let verifier = TokenVerifier(.secret(secret), audience: "my-app", issuer: .anyShop)
///     let claims = try verifier.verify(token)
///
/// With `VerificationKeys` it verifies at once; with a `RemoteKeySource` it awaits the keys.
public struct TokenVerifier<Keys: VerificationKeySource>: Sendable {
  public let keys: Keys
  /// What `aud` must name.
  public var audience: ExpectedAudience
  /// What `iss` must be.
  public var issuer: ExpectedIssuer
  /// What `azp` must be if a token has one; left out, the audience.
  public var authorizedParty: String?
  /// How far clocks may differ: for `exp`, `nbf` and `iat`. Whole seconds.
  public var leeway: Duration = .seconds(10)

  public init(_ keys: Keys, audience: ExpectedAudience, issuer: ExpectedIssuer) {
    (self.keys, self.audience, self.issuer) = (keys, audience, issuer)
  }
}

/// The audience that a verifier accepts.
public struct ExpectedAudience: Sendable, Hashable, ExpressibleByStringLiteral {
  let value: String?

  /// The verifier's own client ID.
  public init(_ clientID: String) { value = clientID }
  public init(_ clientID: ClientID) { value = clientID.text }
  public init(stringLiteral value: String) { self.init(value) }

  private init() { value = nil }

  /// Any: the caller checks `IDTokenClaims.audience`. A token for another app is accepted otherwise.
  public static let unchecked = ExpectedAudience()
}

/// The issuer that a verifier accepts.
public struct ExpectedIssuer: Sendable, Hashable, ExpressibleByStringLiteral {
  enum Rule: Hashable {
    case url(String)
    case anyShop
    case unchecked
  }

  let rule: Rule

  private init(_ rule: Rule) { self.rule = rule }

  /// The issuer's URL, compared as it stands (RFC 7519 §2).
  public init(_ url: String) { rule = .url(url) }
  public init(_ url: IssuerURL) { rule = .url(url.text) }
  public init(stringLiteral value: String) { self.init(value) }

  /// The admin of any `{shop}.myshopify.com`, which `dest` names too. Such a token has `jti` and `sid`.
  public static let anyShop = ExpectedIssuer(.anyShop)
  /// The admin of one shop.
  public static func shop(_ shop: ShopDomain) -> ExpectedIssuer { ExpectedIssuer("\(shop.origin)/admin") }
  /// Any: the caller checks `IDTokenClaims.issuer`.
  public static let unchecked = ExpectedIssuer(.unchecked)
}

extension TokenVerifier where Keys == VerificationKeys {
  /// The claims of a token that verifies.
  ///
  /// - Parameters:
  ///   - token: in compact serialization.
  ///   - nonce: what the claim `nonce` must be; needed where the authentication request had one.
  ///   - now: the time of the verification.
  public func verify(
    _ token: String, nonce: String? = nil, at now: NumericDate = WallClock.system.now
  ) throws(VerificationError) -> IDTokenClaims {
    try verify(token, keys, nonce, now)
  }

  /// The custom claims of a token that verifies.
  public func verify<Claims: Decodable>(
    _ token: String, as type: Claims.Type, nonce: String? = nil,
    at now: NumericDate = WallClock.system.now
  ) throws(VerificationError) -> Claims {
    try verify(token, nonce: nonce, at: now).decoded(as: type)
  }
}

extension TokenVerifier where Keys: RemoteKeySource {
  /// The claims of a token that verifies.
  ///
  /// - Parameters:
  ///   - token: in compact serialization.
  ///   - nonce: what the claim `nonce` must be; needed where the authentication request had one.
  ///   - now: the time of the verification.
  /// - Throws: an error with the code `keys_unavailable`, if the keys can't be fetched: answer 503, not 401.
  public func verify(
    _ token: String, nonce: String? = nil, at now: NumericDate = WallClock.system.now
  ) async throws(VerificationError) -> IDTokenClaims {
    let keyID: String?
    do { keyID = try CompactJWS(parsing: token).header.keyID } catch { throw .malformed(error) }
    let found: VerificationKeys
    do { found = try await keys.verificationKeys(for: keyID) } catch { throw .keysUnavailable("\(error)") }
    return try verify(token, found, nonce, now)
  }

  /// The custom claims of a token that verifies.
  public func verify<Claims: Decodable>(
    _ token: String, as type: Claims.Type, nonce: String? = nil,
    at now: NumericDate = WallClock.system.now
  ) async throws(VerificationError) -> Claims {
    try await verify(token, nonce: nonce, at: now).decoded(as: type)
  }
}

// MARK: - Claims

extension TokenVerifier {
  fileprivate func verify(
    _ token: String, _ keys: VerificationKeys, _ nonce: String?, _ now: NumericDate
  ) throws(VerificationError) -> IDTokenClaims {
    let jws = try keys.authenticate(token)
    let object: JSONObject
    do { object = try jws.claims() } catch { throw .malformed(error) }
    let claims = try IDTokenClaims(object)
    try checkTimes(claims, now)
    try checkAudience(claims)
    try checkIssuer(claims)
    if let nonce {
      guard let found = claims.nonce else { throw .missingClaim("nonce") }
      guard found.isIdentical(to: nonce) else { throw .wrongNonce }
    }
    return claims
  }

  private func checkTimes(_ claims: IDTokenClaims, _ now: NumericDate) throws(VerificationError) {
    let leeway = leeway.components.seconds
    // RFC 7519 §4.1.4: "on or after which" the token must not be accepted.
    guard claims.expiresAt > now.reduced(by: leeway) else {
      throw .expired(at: claims.expiresAt, now: now, leeway: leeway)
    }
    let latest = now.advanced(by: leeway)
    if let notBefore = claims.notBefore, notBefore > latest {
      throw .notYetValid(notBefore: notBefore, now: now, leeway: leeway)
    }
    guard claims.issuedAt <= latest else {
      throw .issuedInFuture(at: claims.issuedAt, now: now, leeway: leeway)
    }
  }

  /// RFC 7519 §2 on comparing names: "with no transformations or canonicalizations applied".
  private func checkAudience(_ claims: IDTokenClaims) throws(VerificationError) {
    guard let audience = audience.value else { return }
    guard claims.audience.contains(where: { $0.isIdentical(to: audience) }) else {
      throw .wrongAudience(found: claims.audience, expected: audience)
    }
    let expected = authorizedParty ?? audience
    if let found = claims.authorizedParty {
      guard found.isIdentical(to: expected) else {
        throw .wrongAuthorizedParty(found: found, expected: expected)
      }
    } else if claims.audience.count > 1 {
      throw .missingClaim("azp")
    }
  }

  private func checkIssuer(_ claims: IDTokenClaims) throws(VerificationError) {
    switch issuer.rule {
    case .unchecked: break
    case .url(let url):
      guard claims.issuer.isIdentical(to: url) else {
        throw .wrongIssuer(found: claims.issuer, expected: url)
      }
    case .anyShop: try checkShop(claims)
    }
  }

  /// What Shopify's own libraries ask of a session token.
  private func checkShop(_ claims: IDTokenClaims) throws(VerificationError) {
    guard let destination = claims.destination else { throw .missingClaim("dest") }
    guard claims.issuer.utf8.count == destination.utf8.count + 6, claims.issuer.hasSuffix("/admin"),
      claims.issuer.utf8.starts(with: destination.utf8)
    else {
      throw .issuerIsNotDestination(issuer: claims.issuer, destination: destination)
    }
    guard ShopDomain.isMyshopify(origin: destination) else {
      throw .wrongIssuer(found: claims.issuer, expected: "https://{shop}.myshopify.com/admin")
    }
    guard claims.tokenID != nil else { throw .missingClaim("jti") }
    guard claims.sessionID != nil else { throw .missingClaim("sid") }
  }
}
