public import JOSECore

/// The claims of an ID token that was verified (OpenID Connect Core §2, RFC 7519 §4.1), with their types checked.
///
/// Times are whole seconds here. A fraction (RFC 7519 §2 allows it) is dropped, which makes `exp` earlier, and `nbf` and
/// `iat` by less than the leeway.
public struct IDTokenClaims: Sendable, Hashable {
  public let issuer: String
  public let subject: String
  /// One audience or more.
  public let audience: [String]
  public let expiresAt: NumericDate
  public let issuedAt: NumericDate
  public let notBefore: NumericDate?
  /// `dest`: the shop, in Shopify's tokens.
  public let destination: String?
  /// `jti`.
  public let tokenID: String?
  /// `sid`.
  public let sessionID: String?
  /// Every claim as it came, the ones above among them.
  public let all: JSONObject

  /// The claims that an issuer sets by itself or has a property for.
  static let registered: Set<String> = [
    "iss", "dest", "aud", "sub", "exp", "nbf", "iat", "jti", "sid", "azp", "nonce", "auth_time", "acr", "amr",
  ]

  init(_ claims: JSONObject) throws(VerificationError) {
    let reader = ClaimReader(claims)
    issuer = try reader.required("iss", reader.string)
    subject = try reader.required("sub", reader.string)
    audience = try reader.required("aud", reader.strings)
    expiresAt = try reader.required("exp", reader.date)
    issuedAt = try reader.required("iat", reader.date)
    notBefore = try reader.date("nbf")
    destination = try reader.string("dest")
    tokenID = try reader.string("jti")
    sessionID = try reader.string("sid")
    all = claims
  }
}

extension IDTokenClaims {
  /// `azp`: which of several audiences asked for the token.
  public var authorizedParty: String? { all["azp"]?.string }
  public var nonce: String? { all["nonce"]?.string }
  /// `auth_time`: when the subject was authenticated.
  public var authenticatedAt: NumericDate? { try? ClaimReader(all).date("auth_time") }
  /// `acr`.
  public var authenticationContext: String? { all["acr"]?.string }
  /// `amr`; empty if the token has none.
  public var authenticationMethods: [String] { all["amr"]?.array?.compactMap(\.string) ?? [] }

  /// The claims as a type of the caller's; what the type doesn't name is left out.
  public func decoded<Claims: Decodable>(as type: Claims.Type) throws(VerificationError) -> Claims {
    do { return try all.decoded(as: type) } catch { throw .undecodableClaims("\(error)") }
  }
}

private struct ClaimReader {
  let claims: JSONObject

  init(_ claims: JSONObject) { self.claims = claims }

  func required<Value>(
    _ name: String, _ read: (String) throws(VerificationError) -> Value?
  ) throws(VerificationError) -> Value {
    guard let value = try read(name) else { throw .missingClaim(name) }
    return value
  }

  func string(_ name: String) throws(VerificationError) -> String? {
    guard let value = claims[name] else { return nil }
    guard let text = value.string else { throw wrongType(name, value, "a string") }
    return text
  }

  func strings(_ name: String) throws(VerificationError) -> [String]? {
    guard let value = claims[name] else { return nil }
    if let text = value.string { return [text] }
    let texts = value.array?.compactMap(\.string)
    guard let texts, !texts.isEmpty, texts.count == value.array?.count else {
      throw wrongType(name, value, "a string or a list of strings")
    }
    return texts
  }

  func date(_ name: String) throws(VerificationError) -> NumericDate? {
    guard let value = claims[name] else { return nil }
    guard let date = NumericDate(claim: value) else { throw wrongType(name, value, "a number of seconds") }
    return date
  }

  private func wrongType(_ name: String, _ value: JSONValue, _ expected: String) -> VerificationError {
    .wrongClaimType(name, expected: expected, found: value.typeName)
  }
}
