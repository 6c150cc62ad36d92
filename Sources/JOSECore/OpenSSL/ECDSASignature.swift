/// The two encodings of an ECDSA signature: OpenSSL's DER (RFC 3279 §2.2.3) and the r‖s of JWS (RFC 7518 §3.4).
enum ECDSASignature {
  private static let sequence: UInt8 = 0x30
  private static let integer: UInt8 = 0x02

  /// Appends r and s, each left-padded to `length` bytes.
  static func append(
    _ der: Span<UInt8>, _ length: Int, to output: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
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
    let r = signature.extracting(leadingZeros(signature.extracting(first: half))..<half)
    let s = signature.extracting((half + leadingZeros(signature.extracting(droppingFirst: half)))...)
    let length = encodedLength(r) + encodedLength(s)
    return [UInt8](capacity: 3 + length) { output in
      output.append(sequence)
      if length >= 0x80 { output.append(0x81) }
      output.append(UInt8(length))
      append(r, to: &output)
      append(s, to: &output)
    }
  }

  /// Zeros before the first other byte; a last byte of zero doesn't count.
  private static func leadingZeros(_ bytes: Span<UInt8>) -> Int {
    var count = 0
    while count < bytes.count - 1, bytes[count] == 0 { count += 1 }
    return count
  }

  /// DER integers are signed: a leading one bit needs a zero before it.
  private static func signLength(_ digits: Span<UInt8>) -> Int { digits[0] & 0x80 == 0 ? 0 : 1 }

  private static func encodedLength(_ digits: Span<UInt8>) -> Int { 2 + signLength(digits) + digits.count }

  private static func append(_ digits: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
    let sign = signLength(digits)
    output.append(integer)
    output.append(UInt8(sign + digits.count))
    output.append(repeating: 0, count: sign)
    output.append(digits)
  }

  private static var malformed: JOSEError {
    .openSSL(operation: "sign", reason: "the ECDSA signature is not DER of the expected size")
  }
}
