import JOSE
import JWA

/// The claims that are new in every token: `"exp":…,"nbf":…,"iat":…,"jti":"…"}`.
struct TokenTail: ~Copyable {
  /// With times of 20 digits, more than any time that is allowed.
  static let maximumLength = 3 * (7 + 20) + 7 + 36 + 2

  private var issuedAt = NumericDate(-1)
  private var expiresAt = NumericDate(-1)
  /// Up to the beginning of the UUID: the same for all tokens of a second with the same lifetime.
  private var times = Scratch(capacity: maximumLength)

  /// Appends what goes between a template's prefix and the signature.
  mutating func append(
    _ carry: borrowing Scratch, issuedAt: NumericDate, expiresAt: NumericDate,
    tokenID: InlineArray<16, UInt8>,
    to tail: inout OutputSpan<UInt8>
  ) {
    if issuedAt != self.issuedAt || expiresAt != self.expiresAt { write(issuedAt, expiresAt) }
    carry.withBytes { tail.append($0) }
    times.withBytes { tail.append($0) }
    UUIDText.append(tokenID, to: &tail)
    tail.append("\"}")
  }

  private mutating func write(_ issuedAt: NumericDate, _ expiresAt: NumericDate) {
    let (issued, expiry) = (DecimalDigits(issuedAt), DecimalDigits(expiresAt))
    times.refill { output in
      output.append("\"exp\":")
      expiry.append(to: &output)
      output.append(",\"nbf\":")
      issued.append(to: &output)
      output.append(",\"iat\":")
      issued.append(to: &output)
      output.append(",\"jti\":\"")
    }
    (self.issuedAt, self.expiresAt) = (issuedAt, expiresAt)
  }
}

extension OutputSpan<UInt8> {
  @inline(__always)
  fileprivate mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { unsafe append($0.span) }
  }
}
