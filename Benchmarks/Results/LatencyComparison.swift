/// How long single tokens took in slices that ran in turns with another way of making them.
package struct LatencyComparison: Sendable {
  private var tokens = Histogram()
  private var others = Histogram()
  private var ratios: [Double] = []

  package init() {}

  /// Two slices that ran one after the other.
  package mutating func append(tokens: Histogram, other: Histogram) {
    self.tokens.add(tokens)
    others.add(other)
    guard let token = tokens.percentile(0.5), let other = other.percentile(0.5), other > 0 else { return }
    ratios.append(Double(token) / Double(other))
  }

  package var latency: Latency? { Latency(tokens) }
  package var otherLatency: Latency? { Latency(others) }
  /// The median of the pairs' ratios of p50; `nil` where nothing was timed.
  package var p50Ratio: Double? { ratios.isEmpty ? nil : median(ratios) }
}
