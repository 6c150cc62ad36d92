import JWA

extension UInt8 {
  /// `VSCHAR` of RFC 6749 §A but for the space: what can stand in an identifier without being mistaken.
  var isVisibleASCII: Bool { (0x21...0x7e).contains(self) }

  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

enum Hex {
  static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }

  static func text(_ bytes: Span<UInt8>) -> String {
    let digits = bytes.map { [digit($0 >> 4), digit($0 & 15)] }
    return String(decoding: digits.joined(), as: UTF8.self)
  }
}
