extension Double {
  /// `1,234,567`, whatever the locale.
  var grouped: String {
    let digits = String(Int(rounded()))
    let groups = stride(from: digits.count, to: 0, by: -3).map { end in
      String(digits.prefix(end).suffix(3))
    }
    return groups.reversed().joined(separator: ",")
  }
}
