extension Double {
  /// `1,234,567`, whatever the locale.
  package var grouped: String {
    let digits = String(Int(rounded()))
    let groups = stride(from: digits.count, to: 0, by: -3).map { end in
      String(digits.prefix(end).suffix(3))
    }
    return groups.reversed().joined(separator: ",")
  }

  package func rounded(places: Int) -> Double {
    let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
    return (self * scale).rounded() / scale
  }
}
