import JOSE
import JWA

/// The claims that are new in every token: `"exp":…,"nbf":…,"iat":…,"jti":"…"}`.
struct TokenTail {
  /// With times of 20 digits, more than any time that is allowed.
  static let maximumLength = 3 * (7 + 20) + 7 + 36 + 2

  /// Fills `bytes` with what goes between a template's prefix and the signature.
  static func write(
    _ carry: [UInt8], issuedAt: NumericDate, expiresAt: NumericDate, tokenID: InlineArray<16, UInt8>,
    to bytes: inout [UInt8]
  ) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: carry)
    append("\"exp\":", expiresAt, to: &bytes)
    append(",\"nbf\":", issuedAt, to: &bytes)
    append(",\"iat\":", issuedAt, to: &bytes)
    append(",\"jti\":\"", to: &bytes)
    append(uuid: tokenID, to: &bytes)
    append("\"}", to: &bytes)
  }

  private static func append(_ text: StaticString, to bytes: inout [UInt8]) {
    text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
  }

  /// A claim's name and its time, which is not negative.
  private static func append(_ name: StaticString, _ date: NumericDate, to bytes: inout [UInt8]) {
    append(name, to: &bytes)
    var divisor: Int64 = 1
    while date.secondsSinceEpoch / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(date.secondsSinceEpoch / divisor % 10))
      divisor /= 10
    }
  }

  /// A version 4 UUID (RFC 9562 §5.4): 122 random bits, six fixed.
  private static func append(uuid random: InlineArray<16, UInt8>, to bytes: inout [UInt8]) {
    for index in random.indices {
      var byte = random[index]
      if index == 6 { byte = byte & 0x0f | 0x40 }
      if index == 8 { byte = byte & 0x3f | 0x80 }
      if index == 4 || index == 6 || index == 8 || index == 10 { bytes.append(UInt8(ascii: "-")) }
      bytes.append(Hex.digit(byte >> 4))
      bytes.append(Hex.digit(byte & 15))
    }
  }
}
