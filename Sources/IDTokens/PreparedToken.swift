import JOSECore
package import KeyRotation

/// Everything of a token that stays the same, encoded and hashed once: header, constant claims, the hash state after
/// them, and the key. A token adds its times, its `jti` and its signature.
///
/// It never changes, so threads share it.
public final class PreparedToken: Sendable {
  /// Bytes of a token at the most.
  public let maximumLength: Int
  /// `base64url(header).base64url(claims so far)`, cut where three bytes of claims end.
  let prefix: ReusableBuffer
  /// The claims behind the cut.
  let remainder: Base64Remainder
  /// `nil` where the key is elsewhere, behind a `TokenSigner`.
  let signing: Signing?
  /// Characters of the second dot and what follows.
  let signatureTextLength: Int
  /// Seconds.
  private let lifetime: Int64
  /// A ring's key, which bounds the life of tokens beside their lifetime.
  private let ringKey: RingSigningKey?
  /// Up to here the ring's key bounds no token.
  private let latestExpiry: NumericDate

  /// A key, and the hash (HMAC) state after a prefix. It is borrowed, because threads that count references to the same
  /// object wait for each other.
  struct Signing: ~Copyable, Sendable {
    let key: SigningKey
    let midstate: HashMidstate?
  }

  /// The Shopify profile: `{"alg":"HS256","typ":"JWT"}`, `iss` is the admin of the shop.
  package convenience init(
    _ content: TokenContent, secret: ClientSecret, lifetime: Int64 = 60
  ) throws(IDTokenError) {
    guard let shop = content.shop else { throw .noShop }
    try shop.check()
    guard shop.isMyshopify else { throw .notMyshopify(shop.host) }
    try self.init(
      content.encoded(issuer: .shop(shop)), Self.shopifyHeader, secret.signingKey, lifetime: lifetime)
  }

  /// Signed by a ring's key, which the header names by `kid`.
  package convenience init(
    _ content: TokenContent, issuer: IssuerURL, key: RingSigningKey, lifetime: Int64 = 60
  ) throws(IDTokenError) {
    try issuer.check()
    try self.init(
      content.encoded(issuer: .url(issuer)),
      Self.encoded(JWSHeader(algorithm: key.algorithm, keyID: key.keyID)), key.key, ringKey: key,
      lifetime: lifetime)
  }

  /// Signed elsewhere.
  convenience init(
    _ content: TokenContent, issuer: IssuerURL, keyID: String, signer: any TokenSigner, lifetime: Int64
  ) throws(IDTokenError) {
    try issuer.check()
    try self.init(
      content.encoded(issuer: .url(issuer)),
      Self.encoded(JWSHeader(algorithm: signer.algorithm, keyID: keyID)), nil, lifetime: lifetime)
  }

  /// - Parameters:
  ///   - claims: the object without its end.
  ///   - header: encoded, with the dot behind it.
  private init(
    _ claims: [UInt8], _ header: [UInt8], _ key: SigningKey?, ringKey: RingSigningKey? = nil, lifetime: Int64
  ) throws(IDTokenError) {
    guard (1...Self.longestLifetime).contains(lifetime) else { throw .invalidLifetime(lifetime) }
    let cut = claims.count / 3 * 3
    remainder = Base64Remainder(claims.span.extracting(cut...))
    var prefix = ReusableBuffer(capacity: header.count + Base64URL.encodedLength(cut))
    prefix.refill { output in
      output.append(header.span)
      Base64URL.append(claims.span.extracting(first: cut), to: &output)
    }
    signatureTextLength = 1 + Base64URL.encodedLength(key?.signatureLength ?? 0)
    maximumLength =
      prefix.count + Base64URL.encodedLength(claims.count - cut + PerTokenClaims.maximumLength)
      + signatureTextLength
    self.prefix = prefix
    (self.ringKey, self.lifetime) = (ringKey, lifetime)
    latestExpiry = ringKey?.latestExpiry(of: lifetime) ?? NumericDate(.max)
    guard let key else {
      signing = nil
      return
    }
    do {
      let midstate = try self.prefix.withBytes { (bytes) throws(JOSEError) in try key.midstate(after: bytes) }
      signing = Signing(key: key, midstate: midstate)
    } catch { throw .key(error) }
  }

  /// Whether the key is behind a `TokenSigner`.
  var isElsewhere: Bool {
    switch signing {
    case .some: false
    case nil: true
    }
  }

  package var key: SigningKey? {
    switch signing {
    case .some(let signing): signing.key
    case nil: nil
    }
  }

  /// A day, in seconds.
  package static let longestLifetime: Int64 = 86_400

  /// The same for every session of the profile.
  private static let shopifyHeader = encoded(JWSHeader(algorithm: .hs256))

  /// With the dot behind it.
  private static func encoded(_ header: JWSHeader) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(header.json)
    return Base64URL.encodedBytes(writer.bytes.span) + [UInt8(ascii: ".")]
  }
}

extension PreparedToken {
  /// When a token minted now expires: never after the end of its key.
  func expiry(at now: NumericDate) throws(IDTokenError) -> NumericDate {
    let expiry = now.advanced(by: lifetime)
    guard now >= NumericDate(0), expiry <= .lastOfYear9999 else { throw .invalidTime(now) }
    // Nearly every token ends here; reading the key itself counts references.
    guard expiry > latestExpiry, let ringKey else { return expiry }
    do throws(KeyRingError) { return try ringKey.expiry(expiry, at: now) } catch { throw .ring(error) }
  }
}
