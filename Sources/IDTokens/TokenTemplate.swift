import JOSE
import JSON
import JWA
public import KeyRotation

/// A token but for its times, its `jti` and its signature: encoded once for a session, and hashed once.
///
/// Copies share what was encoded, so that handing one on costs one reference.
public struct TokenTemplate: Sendable {
  let parts: TemplateParts

  /// Bytes of a token at the most.
  public var maximumTokenLength: Int { parts.maximumTokenLength }

  /// The Shopify profile.
  public init(_ request: TokenRequest, secret: ClientSecret) throws(IDTokenError) {
    guard request.shop.isMyshopify else { throw .notMyshopify(request.shop.host) }
    let header = JWSHeader(algorithm: .hs256)
    parts = try TemplateParts(
      request, header, issuer: request.shop.origin + "/admin", key: secret.signingKey, ringKey: nil)
  }

  /// The OpenID profile.
  public init(_ request: TokenRequest, issuer: IssuerURL, key: RingSigningKey) throws(IDTokenError) {
    let header = JWSHeader(algorithm: key.algorithm, keyID: key.keyID)
    parts = try TemplateParts(request, header, issuer: issuer.text, key: key.key, ringKey: key)
  }
}

final class TemplateParts: Sendable {
  /// `base64url(header).base64url(claims so far)`, cut where three bytes of claims end.
  let prefix: Scratch
  /// The claims behind the cut.
  let carry: Carry
  let key: SigningKey
  /// In the OpenID profile: what bounds the life of tokens beside their lifetime.
  let ringKey: RingSigningKey?
  /// The hash (HMAC) that has read `prefix`.
  let absorbed: AbsorbedPrefix?
  let lifetime: TokenLifetime
  let maximumTokenLength: Int

  fileprivate init(
    _ request: TokenRequest, _ header: JWSHeader, issuer: String, key: SigningKey, ringKey: RingSigningKey?
  ) throws(IDTokenError) {
    let claims = Self.constantClaims(request, issuer: issuer)
    let cut = claims.count / 3 * 3
    carry = Carry(claims.span.extracting(cut...))
    let prefix =
      (header == Self.shopifyHeader.header ? Self.shopifyHeader.encoded : Self.encoded(header))
      + Base64URL.encodedBytes(claims.span.extracting(first: cut))
    self.prefix = Scratch(prefix.span)
    (self.key, self.ringKey) = (key, ringKey)
    lifetime = request.lifetime
    maximumTokenLength =
      prefix.count + Base64URL.encodedLength(claims.count - cut + TokenTail.maximumLength) + 1
      + Base64URL.encodedLength(key.signatureLength)
    do { absorbed = try key.absorb(prefix.span) } catch { throw .key(error) }
  }

  /// With the dot behind it.
  private static func encoded(_ header: JWSHeader) -> [UInt8] {
    Base64URL.encodedBytes(header.json.bytes.span) + [UInt8(ascii: ".")]
  }

  /// The same for every session of the Shopify profile.
  private static let shopifyHeader: (header: JWSHeader, encoded: [UInt8]) = {
    let header = JWSHeader(algorithm: .hs256)
    return (header, encoded(header))
  }()

  /// The claims object without its end: `{"iss":…,"sid":"…",`.
  private static func constantClaims(_ request: TokenRequest, issuer: String) -> [UInt8] {
    var claims: JSONObject = [
      "iss": .string(issuer),
      "dest": .string(request.shop.origin),
      "aud": .string(request.clientID.text),
      "sub": .string(String(request.user.number)),
      "sid": .string(request.sessionID.text),
    ]
    for member in request.additionalClaims.members { claims[member.name] = member.value }
    var bytes = claims.bytes
    bytes[bytes.count - 1] = UInt8(ascii: ",")
    return bytes
  }
}

extension JSONObject {
  fileprivate var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }
}
