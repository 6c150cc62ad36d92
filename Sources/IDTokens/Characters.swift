import JOSECore

extension UInt8 {
  /// `VSCHAR` of RFC 6749 §A but for the space: what can stand in an identifier without being mistaken.
  var isVisibleASCII: Bool { (0x21...0x7e).contains(self) }

  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

package enum Hex {
  static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }

  /// The eight digits of four bytes that were loaded from memory, the first digit in the lowest byte.
  @inline(__always)
  static func digits(_ bytes: UInt32) -> UInt64 {
    // All at once: bytes move apart to every second place, then their halves, the higher one first.
    var spread = UInt64(UInt32(littleEndian: bytes))
    spread = (spread | spread << 16) & 0x0000_ffff_0000_ffff
    spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ff
    let values = spread >> 4 & 0x000f_000f_000f_000f | (spread & 0x000f_000f_000f_000f) << 8
    // Ten and more carry into bit 4 when six is added; from there it is 39 from the digits to a–f.
    let letters = (values + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return values + 0x3030_3030_3030_3030 + letters * 39
  }

  package static func text(_ bytes: Span<UInt8>) -> String {
    let digits = bytes.map { [digit($0 >> 4), digit($0 & 15)] }
    return String(decoding: digits.joined(), as: UTF8.self)
  }
}
