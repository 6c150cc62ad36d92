/// Eight bytes looked at together.
///
/// Taking a number from each borrows into the highest bit of a byte that is smaller, unless the bit was set before.
extension UInt64 {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  init(repeating byte: UInt8) { self = UInt64(byte) &* Self.ones }

  /// Whether one of the bytes has to be escaped in a JSON string (RFC 8259 §7).
  var holdsEscaped: Bool { escaped & Self.highBits != 0 }

  /// Whether all are ASCII characters of a JSON string that stand for themselves.
  var isPlain: Bool { (escaped | self) & Self.highBits == 0 }

  private var escaped: UInt64 {
    let (quotationMark, reverseSolidus) = (self ^ Self.ones &* 0x22, self ^ Self.ones &* 0x5c)
    return (self &- Self.ones &* 0x20) & ~self | (quotationMark &- Self.ones) & ~quotationMark
      | (reverseSolidus &- Self.ones) & ~reverseSolidus
  }
}
