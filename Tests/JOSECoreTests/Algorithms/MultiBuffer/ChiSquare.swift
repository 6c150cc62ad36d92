/// How far counts in 256 classes are from being uniform (Pearson's χ² with 255 degrees of freedom).
struct ChiSquare {
  private var counts = [Int](repeating: 0, count: 256)

  mutating func add(_ byte: UInt8) { counts[Int(byte)] += 1 }

  var value: Double {
    let expected = Double(counts.reduce(0, +)) / 256
    return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }

  /// By Wilson and Hilferty, uniform bytes are outside it once in 10¹¹ times: the standard deviations are 6.7 and more.
  static let likely = 131.0...440.0
}
