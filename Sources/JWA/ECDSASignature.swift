/// The two encodings of an ECDSA signature: OpenSSL's DER (RFC 3279 §2.2.3) and the r‖s of JWS (RFC 7518 §3.4).
enum ECDSASignature {
  private static let sequence: UInt8 = 0x30
  private static let integer: UInt8 = 0x02

  /// Appends r and s, each left-padded to `length` bytes.
  static func append(
    _ der: Span<UInt8>, _ length: Int, to output: inout OutputSpan<UInt8>
  ) throws(JWAError) {
    // Up to P-384 the length is one byte; P-521 needs the long form 0x81 (X.690 §8.1.3).
    var index = der.count > 2 && der[1] == 0x81 ? 3 : 2
    for _ in 0..<2 {
      guard index + 2 <= der.count, der[index] == integer else { throw malformed }
      let end = index + 2 + Int(der[index + 1])
      guard end <= der.count else { throw malformed }
      var digits = der.extracting((index + 2)..<end)
      while digits.count > length, digits[0] == 0 { digits = digits.extracting(droppingFirst: 1) }
      guard digits.count <= length else { throw malformed }
      output.append(repeating: 0, count: length - digits.count)
      output.append(digits)
      index = end
    }
  }

  /// The DER of r‖s, whose length the caller has checked.
  static func der(_ signature: Span<UInt8>) -> [UInt8] {
    let half = signature.count / 2
    let body = integer(signature.extracting(first: half)) + integer(signature.extracting(droppingFirst: half))
    return [sequence] + (body.count < 0x80 ? [] : [0x81]) + [UInt8(body.count)] + body
  }

  private static func integer(_ bytes: Span<UInt8>) -> [UInt8] {
    var first = 0
    while first < bytes.count - 1, bytes[first] == 0 { first += 1 }
    let digits = bytes.extracting(droppingFirst: first)
    // DER integers are signed: a leading one bit needs a zero before it.
    let sign: [UInt8] = digits[0] & 0x80 == 0 ? [] : [0]
    return [integer, UInt8(sign.count + digits.count)] + sign + digits.map { $0 }
  }

  private static var malformed: JWAError {
    .openSSL(operation: "sign", reason: "the ECDSA signature is not DER of the expected size")
  }
}
