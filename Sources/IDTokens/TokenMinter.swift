public import JOSECore
import KeyRotation

/// Mints tokens for one thread or event loop: nothing in it is shared, so nothing is locked.
public struct TokenMinter: ~Copyable, Sendable {
  var signer: BatchSigner
  private var random = RandomBuffer()
  private var tail = PerTokenClaims()
  var signature = ReusableBuffer(capacity: 2048)

  /// - Parameter lanes: where the processor has any, batches are signed eight tokens at a time.
  public init(lanes: MultiBufferSigner = .shared) throws(IDTokenError) {
    do { signer = try BatchSigner(lanes) } catch { throw .key(error) }
  }

  /// Appends a fresh token to `token`, which has room for `template.maximumTokenLength` bytes. Where it throws, `token`
  /// is as it was.
  ///
  /// Claims → signing input → signature → token, as in RFC 7515 §5.1.
  public mutating func mint(
    _ template: borrowing PreparedToken, at now: NumericDate, into token: inout OutputSpan<UInt8>
  ) throws(IDTokenError) {
    let expiry = try template.expiry(at: now)
    guard token.freeCapacity >= template.maximumTokenLength else {
      throw .key(.bufferTooShort(needed: template.maximumTokenLength, available: token.freeCapacity))
    }
    let start = token.count
    do throws(JWAError) {
      try appendSigningInput(template, issuedAt: now, expiresAt: expiry, to: &token)
      try signature.refill { (output) throws(JWAError) in
        try signer.sign(
          token.span.extracting(droppingFirst: start), with: template.parts.key,
          resuming: template.parts.absorbed,
          into: &output)
      }
      token.append(UInt8(ascii: "."))
      signature.withBytes { Base64URL.append($0, to: &token) }
    } catch {
      token.removeLast(token.count - start)
      throw .key(error)
    }
  }

  /// `base64url(header).base64url(claims)`.
  mutating func appendSigningInput(
    _ template: borrowing PreparedToken, issuedAt: NumericDate, expiresAt: NumericDate,
    to token: inout OutputSpan<UInt8>
  ) throws(JWAError) {
    let tokenID = try random.next()
    template.parts.prefix.withBytes { token.append($0) }
    tail.append(
      template.parts.carry, issuedAt: issuedAt, expiresAt: expiresAt, tokenID: tokenID, to: &token)
  }
}

extension PreparedToken {
  /// When a token minted now expires.
  func expiry(at now: NumericDate) throws(IDTokenError) -> NumericDate {
    let expiry = now.advanced(by: parts.lifetime.seconds)
    guard now >= NumericDate(0), expiry <= .lastOfYear9999 else { throw .invalidTime(now) }
    // What nearly every token comes to; a look at the key itself counts references.
    guard expiry > parts.latestExpiry, let ringKey = parts.ringKey else { return expiry }
    do throws(KeyRingError) { return try ringKey.expiry(expiry, at: now) } catch { throw .ring(error) }
  }
}
