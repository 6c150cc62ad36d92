import JOSE
import JWA

/// The claims that are new in every token: `"exp":…,"nbf":…,"iat":…,"jti":"…"}`.
struct TokenTail {
  /// With times of 20 digits, more than any time that is allowed.
  static let maximumLength = 3 * (7 + 20) + 7 + 36 + 2

  /// Appends what goes between a template's prefix and the signature.
  static func append(
    _ carry: [UInt8], issuedAt: NumericDate, expiresAt: NumericDate, tokenID: InlineArray<16, UInt8>,
    to tail: inout OutputSpan<UInt8>
  ) {
    let (issued, expiry) = (DecimalDigits(issuedAt), DecimalDigits(expiresAt))
    tail.append(carry.span)
    append("\"exp\":", to: &tail)
    expiry.append(to: &tail)
    append(",\"nbf\":", to: &tail)
    issued.append(to: &tail)
    append(",\"iat\":", to: &tail)
    issued.append(to: &tail)
    append(",\"jti\":\"", to: &tail)
    append(uuid: tokenID, to: &tail)
    append("\"}", to: &tail)
  }

  @inline(__always)
  private static func append(_ text: StaticString, to tail: inout OutputSpan<UInt8>) {
    text.withUTF8Buffer { unsafe tail.append($0.span) }
  }

  /// Text that stands in a number, its first character in the lowest byte.
  @inline(__always)
  private static func append<Text: FixedWidthInteger>(_ text: Text, to tail: inout OutputSpan<UInt8>) {
    unsafe withUnsafeBytes(of: text.littleEndian) { unsafe tail.append($0.bindMemory(to: UInt8.self).span) }
  }

  /// A version 4 UUID (RFC 9562 §5.4): 122 random bits, six fixed.
  private static func append(uuid random: InlineArray<16, UInt8>, to tail: inout OutputSpan<UInt8>) {
    var bytes = random
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    let words = unsafe unsafeBitCast(bytes, to: InlineArray<4, UInt32>.self)
    let (first, second) = (Hex.digits(words[0]), Hex.digits(words[1]))
    let (third, fourth) = (Hex.digits(words[2]), Hex.digits(words[3]))
    append(first, to: &tail)
    append("-", to: &tail)
    append(UInt32(truncatingIfNeeded: second), to: &tail)
    append("-", to: &tail)
    append(UInt32(truncatingIfNeeded: second >> 32), to: &tail)
    append("-", to: &tail)
    append(UInt32(truncatingIfNeeded: third), to: &tail)
    append("-", to: &tail)
    append(UInt32(truncatingIfNeeded: third >> 32), to: &tail)
    append(fourth, to: &tail)
  }
}
