import JOSECore

/// The claims that are new in every token, `"exp":…,"nbf":…,"iat":…,"jti":"…"}`, encoded behind a template's prefix.
///
/// All but the UUID is the same for the tokens of a second whose templates were cut alike, and encoded once for them.
struct PerTokenClaims: ~Copyable {
  /// With times of 20 digits, more than any time that is allowed.
  static let maximumLength = 3 * (7 + 20) + 7 + 36 + 2

  /// By the number of bytes that a template carries over; what these bytes are seldom differs.
  private var beginnings = InlineArray<3, CachedTimestamps> { _ in CachedTimestamps() }

  /// Appends what goes between a template's prefix and the signature.
  mutating func append(
    _ carry: Base64Remainder, issuedAt: NumericDate, expiresAt: NumericDate, tokenID: InlineArray<16, UInt8>,
    to token: inout OutputSpan<UInt8>
  ) {
    beginnings[carry.count].append(
      CachedTimestamps.Contents(carry: carry, issuedAt: issuedAt, expiresAt: expiresAt), tokenID, to: &token)
  }
}

/// The claims behind a prefix up to the UUID, encoded as far as three bytes go, and what is left with room for the UUID.
private struct CachedTimestamps: ~Copyable {
  struct Contents: Equatable {
    let carry: Base64Remainder
    let issuedAt: NumericDate
    let expiresAt: NumericDate
  }

  private var contents: Contents?
  private var claims = ReusableBuffer(capacity: Base64Remainder.maximumLength + PerTokenClaims.maximumLength)
  private var text = ReusableBuffer(
    capacity: Base64URL.encodedLength(Base64Remainder.maximumLength + PerTokenClaims.maximumLength))
  private var rest = ReusableBuffer(capacity: 2 + UUIDText.length + 2)

  mutating func append(
    _ contents: Contents, _ tokenID: InlineArray<16, UInt8>, to token: inout OutputSpan<UInt8>
  ) {
    if contents != self.contents { write(contents) }
    rest.withMutableBytes { UUIDText.write(tokenID, to: &$0, at: $0.count - UUIDText.length - 2) }
    text.withBytes { token.append($0) }
    rest.withBytes { Base64URL.append($0, to: &token) }
  }

  private mutating func write(_ contents: Contents) {
    let (issued, expiry) = (DecimalDigits(contents.issuedAt), DecimalDigits(contents.expiresAt))
    claims.refill { output in
      contents.carry.append(to: &output)
      output.append("\"exp\":")
      expiry.append(to: &output)
      output.append(",\"nbf\":")
      issued.append(to: &output)
      output.append(",\"iat\":")
      issued.append(to: &output)
      output.append(",\"jti\":\"")
    }
    claims.withBytes { claims in
      let cut = claims.count / 3 * 3
      text.refill { Base64URL.append(claims.extracting(first: cut), to: &$0) }
      rest.refill { output in
        output.append(claims.extracting(droppingFirst: cut))
        output.append(repeating: 0, count: UUIDText.length)
        output.append("\"}")
      }
    }
    self.contents = contents
  }
}

extension OutputSpan<UInt8> {
  fileprivate mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { unsafe append($0.span) }
  }
}
