extension String {
  /// The text with every character that a terminal would act on in place of showing it (controls but the line end, and
  /// those that turn the direction of writing) written as JSON escapes them. What comes from a token may hold them.
  var visible: String {
    guard unicodeScalars.contains(where: \.isActedOn) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      text += scalar.isActedOn ? "\\u" + scalar.fourDigits : String(scalar)
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isActedOn: Bool {
    switch value {
    case 0x0a, 0x1b: false  // line ends and colours are our own: JSON has its escaped
    case 0..<0x20, 0x7f...0x9f, 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  fileprivate var fourDigits: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
