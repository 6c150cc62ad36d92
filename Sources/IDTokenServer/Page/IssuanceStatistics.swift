#if Server
public import ServiceLifecycle
import Synchronization

/// Tokens and refusals since an issuer started, and their recent rates.
public struct IssuanceStatistics: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    /// An app's client ID, or the reason of a refusal.
    public let name: String
    /// `alg`; empty for refusals.
    public let algorithm: String
    public let total: Double
    /// A second, in the last minute.
    public let rate: Double
    /// In the last quarter of an hour.
    public let recent: Double
  }

  /// Sorted by total, the largest first.
  public var tokens: [Row] = []
  public var refusals: [Row] = []
  /// Tokens a second for each half minute of the last quarter of an hour, the latest last.
  public var history: [Double] = []

  public init() {}

  public var totalTokens: Double { tokens.reduce(0) { $0 + $1.total } }
  public var totalRefusals: Double { refusals.reduce(0) { $0 + $1.total } }
  public var tokensPerSecond: Double { tokens.reduce(0) { $0 + $1.rate } }
}

/// Reads the counters every ten seconds, so that rates can be computed. Issuing a token costs nothing more for it.
public final class StatisticsRecorder: Service {
  private let metrics: PrometheusMetrics
  private let history: Mutex<IssuanceHistory>

  public init(_ metrics: PrometheusMetrics, at now: ContinuousClock.Instant = .now) {
    self.metrics = metrics
    history = Mutex(IssuanceHistory())
    sample(at: now)
  }

  /// Samples until the service group shuts down.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // A cancellation ends the pause early, and the loop with it.
        try? await Task.sleep(for: IssuanceHistory.interval)
        self.sample(at: .now)
      }
    }
  }

  public func sample(at now: ContinuousClock.Instant) {
    let totals = totals
    history.withLock { $0.add(totals, at: now) }
  }

  /// The statistics at this moment.
  public func statistics(at now: ContinuousClock.Instant = .now) -> IssuanceStatistics {
    let totals = totals
    return history.withLock { $0.statistics(totals, at: now) }
  }

  private var totals: [IssuanceHistory.Key: Double] {
    var totals: [IssuanceHistory.Key: Double] = [:]
    for (labels, value) in metrics.values(of: "idtoken_tokens_total") {
      totals[.tokens(labels.text("client_id"), labels.text("alg")), default: 0] += value
    }
    for (labels, value) in metrics.values(of: "idtoken_refusals_total") {
      totals[.refusals(labels.text("reason")), default: 0] += value
    }
    return totals
  }
}

extension [MetricLabel] {
  /// Series beyond the registry's limits have other labels.
  fileprivate func text(_ name: String) -> String { first { $0.name == name }?.value ?? "others" }
}

/// Totals of the last quarter of an hour.
struct IssuanceHistory: Sendable {
  enum Key: Hashable, Sendable {
    case tokens(_ clientID: String, _ algorithm: String)
    case refusals(_ reason: String)
  }

  static let interval = Duration.seconds(10)
  private static let span = Duration.seconds(900)

  /// Values are at the indices of their keys. A key that an early sample lacks was 0 then.
  private struct Sample {
    let time: ContinuousClock.Instant
    let values: [Double]
    let tokens: Double
  }

  private var indices: [Key: Int] = [:]
  private var samples: [Sample] = []

  mutating func add(_ totals: [Key: Double], at now: ContinuousClock.Instant) {
    for key in totals.keys where indices[key] == nil { indices[key] = indices.count }
    var values = [Double](repeating: 0, count: indices.count)
    for (key, total) in totals { if let index = indices[key] { values[index] = total } }
    samples.append(Sample(time: now, values: values, tokens: Self.tokens(totals)))
    // One sample from before the span stays, as the base of differences.
    while samples.count > 1, samples[1].time <= now - Self.span { samples.removeFirst() }
  }

  func statistics(_ totals: [Key: Double], at now: ContinuousClock.Instant) -> IssuanceStatistics {
    var statistics = IssuanceStatistics()
    for (key, total) in totals {
      let rate = rate(key, total, at: now)
      let recent = max(0, total - value(key, at: now - Self.span))
      switch key {
      case .tokens(let clientID, let algorithm):
        statistics.tokens.append(
          .init(name: clientID, algorithm: algorithm, total: total, rate: rate, recent: recent))
      case .refusals(let reason):
        statistics.refusals.append(
          .init(name: reason, algorithm: "", total: total, rate: rate, recent: recent))
      }
    }
    statistics.tokens.sort(by: Self.isBusier)
    statistics.refusals.sort(by: Self.isBusier)
    statistics.history = history(Self.tokens(totals), at: now)
    return statistics
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
    guard let index = indices[key], index < sample.values.count else { return 0 }
    return sample.values[index]
  }

  /// The latest sample at that time, else the first.
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
