import IDTokens
import JOSECore
import KeyRotation
import TestSupport

/// The shop, user and app that most tests are about, at a time of their own.
enum Sample {
  static let now = NumericDate(1_800_000_000)
  static let shop = "snow-devil.myshopify.com"
  static let clientID = "0123456789abcdef0123456789abcdef"
  static let secret = "shpss_0123456789abcdef0123456789"
  static let otherSecret = "shpss_fedcba98765432100123456789"
  static let issuer = "https://id.example.com/tenant"
  static let sessionID = String(repeating: "5e", count: 32)

  static func content(clientID: String = clientID, claims: JSONObject = [:]) throws -> TokenContent {
    TokenContent(
      shop: try ShopDomain(shop), user: 42, clientID: try ClientID(clientID),
      sessionID: try SessionID(sessionID), claims: claims)
  }

  /// An issuer of the app's tokens, at the time of the sample.
  static func issuer(
    secret: String = secret, lifetime: Duration = .seconds(60), clock: WallClock = .fixed(now)
  ) throws -> TokenIssuer {
    .shopify(
      clientID: try ClientID(clientID), secret: try ClientSecret(secret), lifetime: lifetime, clock: clock)
  }

  static func shopifyToken(_ content: TokenContent? = nil, secret: String = secret) throws -> String {
    let content = try content ?? self.content()
    return try ShopifyIssuer(clock: .fixed(now)).token(content, ClientSecret(secret)).text
  }

  static func openIDToken(_ algorithm: Algorithm, ring: KeyRingSnapshot) throws -> String {
    try RingIssuer(ring: live(ring), clock: .fixed(now)).token(content(), algorithm).text
  }

  static func live(_ ring: KeyRingSnapshot) -> KeyRing { KeyRing(ring, confirmedAt: now) }

  static func secretVerifier(
    _ secrets: [String] = [secret], audience: String = clientID
  ) throws -> TokenVerifier<VerificationKeys> {
    TokenVerifier(
      VerificationKeys(secrets: try secrets.map { try ClientSecret($0) }),
      audience: ExpectedAudience(audience), issuer: .anyShop)
  }
}

/// Rings with one active key for each algorithm; RSA keys are slow to make, so they are made once.
enum SampleRing {
  static let asymmetric = Algorithm.allCases.filter { !$0.isSymmetric }
  private static let keys = Result { try asymmetric.map { try RingSigningKey.generate($0) } }

  static func everyAlgorithm() throws -> KeyRingSnapshot {
    let keys = try keys.get()
    return try KeyRingSnapshot(.new(keys.compactMap(\.newKey), at: Sample.now), signingKeys: keys)
  }

  static func key(_ algorithm: Algorithm) throws -> RingSigningKey {
    try everyAlgorithm().signingKey(for: algorithm)
  }

  static func verifier() throws -> TokenVerifier<VerificationKeys> {
    TokenVerifier(
      .jwkSet(try everyAlgorithm().jwks), audience: ExpectedAudience(Sample.clientID),
      issuer: ExpectedIssuer(Sample.issuer))
  }
}

extension TokenVerifier<VerificationKeys> {
  /// The code of the reason for which a token is refused; `nil` if it is accepted.
  func refusal(_ token: String, at now: NumericDate = Sample.now) -> String? {
    do throws(VerificationError) { _ = try verify(token, at: now) } catch { return error.code }
    return nil
  }
}

/// The parts of a token, decoded without the code under test looking at them.
struct Parts {
  let encoded: [String]
  let header: JSONObject
  let claims: JSONObject

  init(_ token: String) throws {
    encoded = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    header = try Self.object(encoded[0])
    claims = try Self.object(encoded[1])
  }

  private static func object(_ text: String) throws -> JSONObject {
    let bytes = try Base64URL.decode(text)
    return try JSONObject(parsing: bytes.span)
  }
}
