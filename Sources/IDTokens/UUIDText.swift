/// A version 4 UUID (RFC 9562 §5.4): 122 random bits, six fixed.
enum UUIDText {
  private static let length = 36

  static func append(_ random: InlineArray<16, UInt8>, to output: inout OutputSpan<UInt8>) {
    precondition(output.freeCapacity >= length)
    var bytes = random
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    let words = unsafe unsafeBitCast(bytes, to: InlineArray<4, UInt32>.self)
    // Room is checked once, above: for each of nine pieces that cost more than the digits.
    unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      let text = unsafe UnsafeMutableRawPointer(start + initialized)
      let (second, third) = (Hex.digits(words[1]), Hex.digits(words[2]))
      unsafe store(Hex.digits(words[0]), text, 0)
      unsafe store(UInt32(truncatingIfNeeded: second), text, 9)
      unsafe store(UInt32(truncatingIfNeeded: second >> 32), text, 14)
      unsafe store(UInt32(truncatingIfNeeded: third), text, 19)
      unsafe store(UInt32(truncatingIfNeeded: third >> 32), text, 24)
      unsafe store(Hex.digits(words[3]), text, 28)
      for place in stride(from: 8, through: 23, by: 5) { unsafe store(UInt8(ascii: "-"), text, place) }
      initialized += length
    }
  }

  /// Text that stands in a number, its first character in the lowest byte.
  @inline(__always)
  private static func store<Text: FixedWidthInteger & BitwiseCopyable>(
    _ digits: Text, _ text: UnsafeMutableRawPointer, _ place: Int
  ) {
    unsafe text.storeBytes(of: digits.littleEndian, toByteOffset: place, as: Text.self)
  }
}
