/// A version 4 UUID (RFC 9562 §5.4): 122 random bits, six fixed.
enum UUIDText {
  static let length = 36

  /// Writes the text over the 36 bytes that stand at `place`.
  @inline(__always)
  static func write(_ random: InlineArray<16, UInt8>, to output: inout MutableSpan<UInt8>, at place: Int) {
    precondition(place >= 0 && output.count - place >= length)
    var bytes = random
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    let words = unsafe unsafeBitCast(bytes, to: InlineArray<4, UInt32>.self)
    let digits = InlineArray<4, UInt64> { Hex.digits(words[$0]) }
    // ConcurrencyLimit is checked once, above: for each of nine pieces that cost more than the digits.
    unsafe output.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      let text = unsafe start + place
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
    _ digits: Text, _ text: UnsafeMutableRawPointer, _ place: Int
  ) {
    unsafe text.storeBytes(of: digits.littleEndian, toByteOffset: place, as: Text.self)
  }
}
