import JOSECore
public import KeyRotation

/// A token but for its times, its `jti` and its signature: encoded once for a session, and hashed once.
///
/// Copies share what was encoded, so that handing one on costs one reference.
public struct PreparedToken: Sendable {
  let parts: PreparedTokenParts

  /// Bytes of a token at the most.
  public var maximumTokenLength: Int { parts.maximumTokenLength }

  /// The Shopify profile.
  public init(_ request: TokenRequest, secret: ClientSecret) throws(IDTokenError) {
    guard request.shop.isMyshopify else { throw .notMyshopify(request.shop.host) }
    parts = try PreparedTokenParts(
      request, Self.shopifyHeader, issuer: nil, key: secret.signingKey, ringKey: nil)
  }

  /// The OpenID profile.
  public init(_ request: TokenRequest, issuer: IssuerURL, key: RingSigningKey) throws(IDTokenError) {
    let header = JWSHeader(algorithm: key.algorithm, keyID: key.keyID)
    parts = try PreparedTokenParts(
      request, Self.encoded(header), issuer: issuer.text, key: key.key, ringKey: key)
  }

  /// The same for every session of the profile.
  private static let shopifyHeader = encoded(JWSHeader(algorithm: .hs256))

  /// With the dot behind it.
  private static func encoded(_ header: JWSHeader) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(header.json)
    return Base64URL.encodedBytes(writer.bytes.span) + [UInt8(ascii: ".")]
  }
}

final class PreparedTokenParts: Sendable {
  /// `base64url(header).base64url(claims so far)`, cut where three bytes of claims end.
  let prefix: ReusableBuffer
  /// The claims behind the cut.
  let carry: Base64Remainder
  let key: SigningKey
  /// In the OpenID profile: what bounds the life of tokens beside their lifetime.
  let ringKey: RingSigningKey?
  /// Up to here the ring's key bounds no token.
  let latestExpiry: NumericDate
  /// The hash (HMAC) that has read `prefix`.
  let absorbed: HashMidstate?
  let lifetime: TokenLifetime
  let maximumTokenLength: Int

  /// - Parameters:
  ///   - header: encoded, with the dot behind it.
  ///   - issuer: the shop's admin if `nil`.
  fileprivate init(
    _ request: TokenRequest, _ header: [UInt8], issuer: String?, key: SigningKey, ringKey: RingSigningKey?
  ) throws(IDTokenError) {
    let claims = Self.constantClaims(request, issuer: issuer)
    let cut = claims.count / 3 * 3
    carry = Base64Remainder(claims.span.extracting(cut...))
    var prefix = ReusableBuffer(capacity: header.count + Base64URL.encodedLength(cut))
    prefix.refill { output in
      output.append(header.span)
      Base64URL.append(claims.span.extracting(first: cut), to: &output)
    }
    maximumTokenLength =
      prefix.count + Base64URL.encodedLength(claims.count - cut + PerTokenClaims.maximumLength) + 1
      + Base64URL.encodedLength(key.signatureLength)
    self.prefix = prefix
    (self.key, self.ringKey, lifetime) = (key, ringKey, request.lifetime)
    latestExpiry = ringKey?.latestExpiry(of: request.lifetime.seconds) ?? NumericDate(.max)
    do {
      absorbed = try self.prefix.withBytes { (bytes) throws(JWAError) in try key.absorb(bytes) }
    } catch { throw .key(error) }
  }

  /// The claims object without its end: `{"iss":…,"sid":"…",`.
  ///
  /// Written member by member: a `JSONObject` of them would take as long as everything else in a first token.
  private static func constantClaims(_ request: TokenRequest, issuer: String?) -> [UInt8] {
    var writer = JSONWriter()
    writer.append("{\"iss\":")
    if let issuer { writer.write(issuer) } else { writer.write(request.shop, "/admin\"") }
    writer.append(",\"dest\":")
    writer.write(request.shop, "\"")
    writer.append(",\"aud\":")
    writer.write(request.clientID.text)
    writer.append(",\"sub\":")
    writer.write(String(request.user.number))
    writer.append(",\"sid\":")
    writer.write(request.sessionID.text)
    for member in request.additionalClaims.members {
      writer.append(",")
      writer.write(member.name)
      writer.append(":")
      writer.write(member.value)
    }
    writer.append(",")
    return writer.bytes
  }
}

extension JSONWriter {
  /// A URL of the shop's, and how it ends.
  fileprivate mutating func write(_ shop: ShopDomain, _ end: StaticString) {
    append("\"https://")
    append(plain: shop.host)
    append(end)
  }
}
