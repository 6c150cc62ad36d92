#if Server
/// Totals of the last quarter of an hour.
struct FigureHistory: Sendable {
  enum Key: Hashable, Sendable {
    case tokens(_ clientID: String, _ algorithm: String)
    case refusals(_ reason: String)
  }

  static let interval = Duration.seconds(10)
  private static let span = Duration.seconds(900)

  /// Values stand at the places of their keys; what an early sample lacks was 0 then.
  private struct Sample {
    let time: ContinuousClock.Instant
    let values: [Double]
    let tokens: Double
  }

  private var places: [Key: Int] = [:]
  private var samples: [Sample] = []

  mutating func add(_ totals: [Key: Double], at now: ContinuousClock.Instant) {
    for key in totals.keys where places[key] == nil { places[key] = places.count }
    var values = [Double](repeating: 0, count: places.count)
    for (key, total) in totals { if let place = places[key] { values[place] = total } }
    samples.append(Sample(time: now, values: values, tokens: Self.tokens(totals)))
    // One from before the span stays, to reckon from.
    while samples.count > 1, samples[1].time <= now - Self.span { samples.removeFirst() }
  }

  func figures(_ totals: [Key: Double], at now: ContinuousClock.Instant) -> IssuanceStatistics {
    var figures = IssuanceStatistics()
    for (key, total) in totals {
      let rate = rate(key, total, at: now)
      let recent = max(0, total - value(key, at: now - Self.span))
      switch key {
      case .tokens(let clientID, let algorithm):
        figures.tokens.append(
          .init(name: clientID, algorithm: algorithm, total: total, rate: rate, recent: recent))
      case .refusals(let reason):
        figures.refusals.append(
          .init(name: reason, algorithm: "", total: total, rate: rate, recent: recent))
      }
    }
    figures.tokens.sort(by: Self.isBusier)
    figures.refusals.sort(by: Self.isBusier)
    figures.history = history(Self.tokens(totals), at: now)
    return figures
  }

  private func rate(_ key: Key, _ total: Double, at now: ContinuousClock.Instant) -> Double {
    guard let base = sample(at: now - .seconds(60)), base.time + .seconds(1) <= now else { return 0 }
    return max(0, total - value(key, in: base)) / ((now - base.time) / .seconds(1))
  }

  private func history(_ total: Double, at now: ContinuousClock.Instant) -> [Double] {
    let steps = (0...30).map { now - .seconds(900 - 30 * $0) }
    let totals = steps.map { $0 == now ? total : sample(at: $0)?.tokens ?? 0 }
    return zip(totals.dropFirst(), totals).map { max(0, $0 - $1) / 30 }
  }

  private func value(_ key: Key, at time: ContinuousClock.Instant) -> Double {
    sample(at: time).map { value(key, in: $0) } ?? 0
  }

  private func value(_ key: Key, in sample: Sample) -> Double {
    guard let place = places[key], place < sample.values.count else { return 0 }
    return sample.values[place]
  }

  /// The latest one then, or the first that there is.
  private func sample(at time: ContinuousClock.Instant) -> Sample? {
    samples.last { $0.time <= time } ?? samples.first
  }

  private static func tokens(_ totals: [Key: Double]) -> Double {
    totals.reduce(0) { sum, entry in if case .tokens = entry.key { sum + entry.value } else { sum } }
  }

  private static func isBusier(_ left: IssuanceStatistics.Row, _ right: IssuanceStatistics.Row) -> Bool {
    if left.total != right.total { return left.total > right.total }
    return (left.name, left.algorithm) < (right.name, right.algorithm)
  }
}
#endif
