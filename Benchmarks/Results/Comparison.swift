/// The rates of slices that ran in turns, and what they say together. Arithmetic alone: no clock.
package struct Comparison: Sendable {
  private var rounds: [[Side: Double]] = []

  /// Who takes a turn in each round.
  package enum Side: Sendable, CaseIterable {
    case tokens
    case limit
    /// The second limit: the bare multi-buffer operation.
    case lanes
    /// The batch call, which callers that come together are measured against.
    case batch
  }

  package init() {}

  /// Slices that ran one after the other, in operations per second.
  package mutating func append(_ round: [Side: Double]) { rounds.append(round) }

  package var tokensPerSecond: Double { median(rates(of: .tokens)) }
  package var limitPerSecond: Double { median(rates(of: .limit)) }
  package var lanesPerSecond: Double? { isMeasured(.lanes) ? median(rates(of: .lanes)) : nil }

  /// The median of the rounds' ratios: one that something else disturbed doesn't move it.
  package var ratio: Double { median(ratios(to: .limit)) }
  package var ratioSpread: ClosedRange<Double> {
    let ratios = ratios(to: .limit)
    return (ratios.min() ?? .nan)...(ratios.max() ?? .nan)
  }
  /// `nil` if it was not measured.
  package var lanesRatio: Double? { isMeasured(.lanes) ? median(ratios(to: .lanes)) : nil }
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

/// The middle value, or the mean of the two in the middle; not a number for none.
package func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
