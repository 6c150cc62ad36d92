extension String {
  /// The text with every character that doesn't show as itself escaped as in JSON (RFC 8259 §7): controls except the line
  /// feed, what changes the direction of writing, invisible characters, spaces and separators other than U+0020, and
  /// code points without a character. Text from a token can neither act on a terminal nor hide anything in it.
  ///
  /// Escaped JSON stays the same JSON: outside its strings there are none of these.
  var visible: String {
    guard unicodeScalars.contains(where: { !$0.showsAsItself }) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.showsAsItself {
        text.unicodeScalars.append(scalar)
      } else {
        for unit in String(scalar).utf16 { text += unit.escaped }
      }
    }
  }
}

extension Unicode.Scalar {
  fileprivate var showsAsItself: Bool {
    if isASCII { return (0x20..<0x7f).contains(value) || value == 0x0a }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse, .surrogate,
      .unassigned:
      false
    default: !properties.isDefaultIgnorableCodePoint
    }
  }
}

extension UInt16 {
  /// `\u202e`.
  fileprivate var escaped: String {
    let digits = String(self, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
