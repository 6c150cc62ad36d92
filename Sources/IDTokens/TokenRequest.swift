public import JOSECore

/// How long a token is valid: whole seconds, at most a day. 60 where nothing is said, as in Shopify's tokens.
public struct TokenLifetime: Sendable, Hashable {
  public let seconds: Int64

  public init(seconds: Int64) throws(IDTokenError) {
    guard (1...Self.longest.seconds).contains(seconds) else { throw .invalidLifetime(seconds) }
    self.seconds = seconds
  }

  private init(unchecked seconds: Int64) { self.seconds = seconds }

  public static let standard = TokenLifetime(unchecked: 60)
  public static let longest = TokenLifetime(unchecked: 86_400)
}

/// Who a token is about and whom it is for: everything in it that stays the same for a session.
public struct TokenRequest: Sendable, Hashable {
  /// `dest`, and `iss` in the Shopify profile.
  public let shop: ShopDomain
  /// `sub`: the authenticated user.
  public let user: UserID
  /// `aud`: the app that the token is for.
  public let clientID: ClientID
  /// `sid`.
  public let sessionID: SessionID
  public let lifetime: TokenLifetime
  /// Further claims, after the registered ones.
  public let additionalClaims: JSONObject

  /// Refuses additional claims whose names the issuer sets itself, and those that a verifier's parser would refuse.
  public init(
    shop: ShopDomain, user: UserID, clientID: ClientID, sessionID: SessionID,
    lifetime: TokenLifetime = .standard, additionalClaims: JSONObject = [:]
  ) throws(IDTokenError) {
    for member in additionalClaims.members where IDTokenClaims.registered.contains(member.name) {
      throw .registeredClaim(member.name)
    }
    try Self.checkReadable(additionalClaims)
    (self.shop, self.user, self.clientID, self.sessionID) = (shop, user, clientID, sessionID)
    (self.lifetime, self.additionalClaims) = (lifetime, additionalClaims)
  }
}

extension TokenRequest {
  /// The most bytes that additional claims take as JSON: with the others they stay well below what verifiers read.
  static let claimLimits = JSONLimits(bytes: 8 << 10, depth: 12)

  /// What is minted must read back as it was given: bounded in size and depth, without NUL, NaN and infinities.
  private static func checkReadable(_ claims: JSONObject) throws(IDTokenError) {
    if claims.isEmpty { return }
    let read: JSONObject
    let text = Array(claims.description.utf8)
    do { read = try JSONObject(parsing: text.span, limits: claimLimits) } catch {
      throw .unreadableClaims("\(error)")
    }
    guard read == claims else { throw .unreadableClaims("a number that JSON can't express (RFC 8259 §6)") }
  }
}

/// Which of the two kinds of token an app gets.
public enum TokenProfile: Sendable {
  /// HS256 with the app's client secret; the header is `{"alg":"HS256","typ":"JWT"}` and `iss` the shop's admin.
  case shopify(ClientSecret)
  /// Signed by the ring's active key for the algorithm, named by `kid`; `iss` is the issuer's URL.
  case openID(Algorithm)
}
