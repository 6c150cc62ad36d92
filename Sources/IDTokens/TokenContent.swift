public import JOSECore

/// What a token says: the claims that stay the same for a session (OpenID Connect Core §2). The issuer adds `iss`, and
/// each token its `exp`, `nbf`, `iat` and `jti`.
///
/// Nothing is checked until an issuer prepares a token of it; then bad content is an `IDTokenError`.
public struct TokenContent: Sendable, Hashable {
  /// `sub`: 1 to 255 ASCII characters.
  public var subject: String
  /// `aud`: the client that the token is for, or several; empty for the client of a Shopify issuer.
  public var audience: [ClientID]
  /// `azp`: which of several audiences asked for the token.
  public var authorizedParty: ClientID?
  /// `nonce`: the value of the authentication request.
  public var nonce: String?
  /// `auth_time`: when the subject was authenticated.
  public var authenticatedAt: NumericDate?
  /// `acr`: the authentication context class.
  public var authenticationContext: String?
  /// `amr`: the authentication methods, such as `pwd` and `otp` (RFC 8176).
  public var authenticationMethods: [String] = []
  /// `dest`: the shop, in tokens of a point of sale.
  public var shop: ShopDomain?
  /// `sid`.
  public var sessionID: SessionID?
  /// Further claims, in their order; the issuer's own names are refused.
  public var claims: JSONObject = [:]

  /// A user of an app, in any issuer's own terms.
  public init(
    subject: String, audience: [ClientID], authorizedParty: ClientID? = nil, nonce: String? = nil,
    sessionID: SessionID? = nil, claims: JSONObject = [:]
  ) {
    (self.subject, self.audience, self.authorizedParty) = (subject, audience, authorizedParty)
    (self.nonce, self.sessionID, self.claims) = (nonce, sessionID, claims)
  }

  /// An authenticated user of an app at a point of sale.
  ///
  /// - Parameters:
  ///   - shop: `dest`, and of a Shopify issuer's tokens `iss`.
  ///   - user: `sub`.
  ///   - clientID: `aud`, the app; left out, the client of a Shopify issuer.
  ///   - sessionID: `sid`.
  ///   - claims: further ones.
  public init(
    shop: ShopDomain, user: UserID, clientID: ClientID? = nil, sessionID: SessionID, claims: JSONObject = [:]
  ) {
    self.init(
      subject: String(user.number), audience: clientID.map { [$0] } ?? [], sessionID: sessionID,
      claims: claims)
    self.shop = shop
  }
}

extension TokenContent {
  /// The same with further claims from a `Codable` type, after those that are there.
  public func adding(_ claims: some Encodable) throws(IDTokenError) -> TokenContent {
    var copy = self
    do {
      for member in try JSONObject(encoding: claims).members { copy.claims[member.name] = member.value }
    } catch { throw .unreadableClaims("\(error)") }
    return copy
  }
}

// MARK: - Encoding

extension TokenContent {
  /// The claims object without its end: `{"iss":…,"sid":"…",`.
  ///
  /// Written member by member: a `JSONObject` of them would take as long as everything else in a first token.
  func encoded(issuer: Issuer) throws(IDTokenError) -> [UInt8] {
    try check()
    var writer = JSONWriter()
    writer.append("{\"iss\":")
    switch issuer {
    case .shop(let shop): writer.write(shop, "/admin\"")
    case .url(let url): writer.write(url.text)
    }
    if let shop {
      writer.append(",\"dest\":")
      writer.write(shop, "\"")
    }
    writer.append(",\"aud\":")
    writer.write(audience)
    writer.append(",\"sub\":")
    writer.write(subject)
    writer.member(",\"sid\":", sessionID?.text)
    writer.member(",\"azp\":", authorizedParty?.text)
    writer.member(",\"nonce\":", nonce)
    if let authenticatedAt {
      writer.append(",\"auth_time\":")
      writer.write(JSONValue.integer(authenticatedAt.secondsSinceEpoch))
    }
    writer.member(",\"acr\":", authenticationContext)
    if !authenticationMethods.isEmpty {
      writer.append(",\"amr\":")
      writer.write(authenticationMethods.map(JSONValue.string))
    }
    for member in claims.members {
      writer.append(",")
      writer.write(member.name)
      writer.append(":")
      writer.write(member.value)
    }
    writer.append(",")
    return writer.bytes
  }

  /// Who a token names in `iss`.
  enum Issuer {
    /// The admin of the shop that the token is about.
    case shop(ShopDomain)
    case url(IssuerURL)
  }

  private func check() throws(IDTokenError) {
    let text = subject.utf8
    let bytes = text.span
    guard (1...255).contains(bytes.count), bytes.indices.allSatisfy({ (0x20...0x7e).contains(bytes[$0]) })
    else { throw .invalidSubject(subject) }
    guard !audience.isEmpty else { throw .noAudience }
    for client in audience { try client.check() }
    if audience.count > 1 {
      guard let authorizedParty else { throw .noAuthorizedParty }
      guard audience.contains(authorizedParty) else { throw .foreignAuthorizedParty(authorizedParty.text) }
    }
    try authorizedParty?.check()
    try sessionID?.check()
    try shop?.check()
    if !claims.isEmpty { try checkClaims() }
  }

  /// The most bytes that further claims take as JSON: with the others they stay well below what verifiers read.

  /// What is minted reads back as it was given: bounded in size and depth, without NUL, NaN and infinities.
  private func checkClaims() throws(IDTokenError) {
    for member in claims.members where IDTokenClaims.registered.contains(member.name) {
      throw .registeredClaim(member.name)
    }
    let read: JSONObject
    let text = Array(claims.description.utf8)
    do { read = try JSONObject(parsing: text.span, maximumLength: 8 << 10, maximumDepth: 12) } catch {
      throw .unreadableClaims("\(error)")
    }
    guard read == claims else { throw .unreadableClaims("a number that JSON can't express (RFC 8259 §6)") }
  }
}

extension JSONWriter {
  /// A URL of the shop's, and how it ends.
  fileprivate mutating func write(_ shop: ShopDomain, _ end: StaticString) {
    append("\"https://")
    append(plain: shop.host)
    append(end)
  }

  /// One audience is a string, several are an array (RFC 7519 §4.1.3).
  fileprivate mutating func write(_ audience: [ClientID]) {
    if audience.count == 1 { write(audience[0].text) } else { write(audience.map { .string($0.text) }) }
  }

  fileprivate mutating func member(_ name: StaticString, _ value: String?) {
    guard let value else { return }
    append(name)
    write(value)
  }
}
