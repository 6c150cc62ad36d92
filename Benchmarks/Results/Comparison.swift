/// The rates of slices that ran in turns, and what they say together. Arithmetic alone: no clock.
package struct Comparison: Sendable {
  private var rounds: [[Side: Double]] = []

  /// Who takes a turn in each round.
  package enum Side: Sendable, CaseIterable {
    case tokens
    case limit
    /// The second limit: the bare multi-buffer operation.
    case multiBuffer
    /// The batch call, which callers that come together are measured against.
    case batch
  }

  package init() {}

  /// Slices that ran one after the other, in operations per second.
  package mutating func append(_ round: [Side: Double]) { rounds.append(round) }

  package var tokensPerSecond: Double { median(rates(of: .tokens)) }
  package var limitPerSecond: Double { median(rates(of: .limit)) }
  package var multiBufferPerSecond: Double? {
    isMeasured(.multiBuffer) ? median(rates(of: .multiBuffer)) : nil
  }

  /// The median of the rounds' ratios: one that something else disturbed doesn't move it.
  package var ratio: Double { median(ratios(to: .limit)) }
  package var ratioSpread: ClosedRange<Double> {
    let ratios = ratios(to: .limit)
    return (ratios.min() ?? .nan)...(ratios.max() ?? .nan)
  }
  /// `nil` if it was not measured.
  package var multiBufferRatio: Double? { isMeasured(.multiBuffer) ? median(ratios(to: .multiBuffer)) : nil }
  package var batchRatio: Double? { isMeasured(.batch) ? median(ratios(to: .batch)) : nil }

  private func isMeasured(_ side: Side) -> Bool { !rates(of: side).isEmpty }

  private func rates(of side: Side) -> [Double] { rounds.compactMap { $0[side] } }

  private func ratios(to side: Side) -> [Double] {
    rounds.compactMap { round in
      guard let tokens = round[.tokens], let rate = round[side] else { return nil }
      return tokens / rate
    }
  }
}

/// How long single tokens took in slices that ran in turns with another way of making them.
package struct LatencyComparison: Sendable {
  private var tokens = Histogram()
  private var others = Histogram()
  private var ratios: [Double] = []

  package init() {}

  /// Two slices that ran one after the other, or one alone.
  package mutating func append(tokens: Histogram, other: Histogram? = nil) {
    self.tokens.add(tokens)
    guard let other else { return }
    others.add(other)
    guard let token = tokens.percentile(0.5), let other = other.percentile(0.5), other > 0 else { return }
    ratios.append(Double(token) / Double(other))
  }

  package var latency: Latency? { Latency(tokens) }
  package var otherLatency: Latency? { Latency(others) }
  /// The median of the pairs' ratios of p50; `nil` where nothing was timed.
  package var p50Ratio: Double? { ratios.isEmpty ? nil : median(ratios) }
}

/// The middle value, or the mean of the two in the middle; not a number for none.
package func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

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
