import JOSECore

/// Encodes the claims that are new in every token, `"exp":…,"nbf":…,"iat":…,"jti":"…"}`, behind a prepared token's prefix.
///
/// All but the UUID is the same for the tokens of one second whose prefixes were cut alike, and is encoded once for them.
struct PerTokenClaims: ~Copyable {
  /// With times of 20 digits, more than any time that is allowed.
  static let maximumLength = 3 * (7 + 20) + 7 + 36 + 2

  /// By the number of bytes in the remainder; what these bytes are seldom differs.
  private var timestamps = InlineArray<3, CachedTimestamps> { _ in CachedTimestamps() }

  /// Appends what goes between a prefix and the signature.
  mutating func append(
    _ remainder: Base64Remainder, issuedAt: NumericDate, expiresAt: NumericDate,
    tokenID: InlineArray<16, UInt8>, to token: inout OutputSpan<UInt8>
  ) {
    timestamps[remainder.count].append(
      CachedTimestamps.Contents(remainder: remainder, issuedAt: issuedAt, expiresAt: expiresAt), tokenID,
      to: &token)
  }
}

/// The claims up to the UUID, encoded as far as three bytes go, and what is left with room for the UUID.
private struct CachedTimestamps: ~Copyable {
  struct Contents: Equatable {
    let remainder: Base64Remainder
    let issuedAt: NumericDate
    let expiresAt: NumericDate
  }

  private static let maximumLength = Base64Remainder.maximumLength + PerTokenClaims.maximumLength
  private var contents: Contents?
  private var claims = ReusableBuffer(capacity: maximumLength)
  private var text = ReusableBuffer(capacity: Base64URL.encodedLength(maximumLength))
  private var rest = ReusableBuffer(capacity: 2 + UUIDText.length + 2)

  mutating func append(
    _ contents: Contents, _ tokenID: InlineArray<16, UInt8>, to token: inout OutputSpan<UInt8>
  ) {
    if contents != self.contents { encode(contents) }
    rest.withMutableBytes { UUIDText.write(tokenID, to: &$0, at: $0.count - UUIDText.length - 2) }
    text.withBytes { token.append($0) }
    rest.withBytes { Base64URL.append($0, to: &token) }
  }

  private mutating func encode(_ contents: Contents) {
    let (issued, expiry) = (DecimalDigits(contents.issuedAt), DecimalDigits(contents.expiresAt))
    claims.refill { output in
      contents.remainder.append(to: &output)
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

/// The 0 to 2 bytes of claims behind a prefix: base64url takes three bytes at a time, and a prefix is cut where three of
/// them end.
struct Base64Remainder: Sendable, Equatable {
  static let maximumLength = 2

  let count: Int
  private let first: UInt8
  private let second: UInt8

  /// - Parameter bytes: 2 at the most.
  init(_ bytes: Span<UInt8>) {
    precondition(bytes.count <= Self.maximumLength)
    count = bytes.count
    first = count > 0 ? bytes[0] : 0
    second = count > 1 ? bytes[1] : 0
  }

  func append(to output: inout OutputSpan<UInt8>) {
    if count > 0 { output.append(first) }
    if count > 1 { output.append(second) }
  }
}

/// A time that is not negative, in decimal digits.
private struct DecimalDigits {
  private var text = InlineArray<20, UInt8>(repeating: 0)
  private var first = 20

  @inline(__always)
  init(_ date: NumericDate) {
    var rest = UInt64(date.secondsSinceEpoch)
    repeat {
      first -= 1
      text[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
  }

  func append(to output: inout OutputSpan<UInt8>) { output.append(text.span.extracting(first...)) }
}

/// A version 4 UUID (RFC 9562 §5.4): 122 random bits, six fixed.
enum UUIDText {
  static let length = 36

  /// Writes the text over the 36 bytes that stand at `place`.
  @inline(__always)
  static func write(_ random: InlineArray<16, UInt8>, to output: inout MutableSpan<UInt8>, at offset: Int) {
    precondition(offset >= 0 && output.count - offset >= length)
    var bytes = random
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    let words = unsafe unsafeBitCast(bytes, to: InlineArray<4, UInt32>.self)
    let digits = InlineArray<4, UInt64> { Hex.digits(words[$0]) }
    // The room is checked once, above: for each of nine pieces that cost more than the digits.
    unsafe output.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      let text = unsafe start + offset
      unsafe store(digits[0], text, 0)
      unsafe store(hyphen, text, 8)
      unsafe store(UInt32(truncatingIfNeeded: digits[1]), text, 9)
      unsafe store(hyphen, text, 13)
      unsafe store(UInt32(truncatingIfNeeded: digits[1] >> 32), text, 14)
      unsafe store(hyphen, text, 18)
      unsafe store(UInt32(truncatingIfNeeded: digits[2]), text, 19)
      unsafe store(hyphen, text, 23)
      unsafe store(UInt32(truncatingIfNeeded: digits[2] >> 32), text, 24)
      unsafe store(digits[3], text, 28)
    }
  }

  private static var hyphen: UInt8 { UInt8(ascii: "-") }

  /// Text that stands in a number, its first character in the lowest byte.
  @inline(__always)
  private static func store<Text: FixedWidthInteger & BitwiseCopyable>(
    _ digits: Text, _ text: UnsafeMutableRawPointer, _ offset: Int
  ) {
    unsafe text.storeBytes(of: digits.littleEndian, toByteOffset: offset, as: Text.self)
  }
}

extension OutputSpan<UInt8> {
  fileprivate mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { unsafe append($0.span) }
  }
}
