/// The rates of pairs of slices, and what they say together. Arithmetic alone: no clock.
package struct Comparison: Sendable {
  private var tokens: [Double] = []
  private var limits: [Double] = []

  package init() {}

  /// A pair of slices that ran one after the other, in operations per second.
  package mutating func append(tokens: Double, limit: Double) {
    self.tokens.append(tokens)
    limits.append(limit)
  }

  package var tokensPerSecond: Double { median(tokens) }
  package var limitPerSecond: Double { median(limits) }

  /// The median of the pairs' ratios: a pair that something else disturbed doesn't move it.
  package var ratio: Double { median(ratios) }
  package var ratioSpread: ClosedRange<Double> { (ratios.min() ?? .nan)...(ratios.max() ?? .nan) }

  private var ratios: [Double] { zip(tokens, limits).map { $0 / $1 } }
}

/// The middle value, or the mean of the two in the middle; not a number for none.
package func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
