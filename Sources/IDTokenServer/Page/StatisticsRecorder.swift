#if Server
public import ServiceLifecycle
import Synchronization

/// Looks at the counters every ten seconds, so that there are rates to show. The way of a token doesn't know of it.
public final class StatisticsRecorder: Service {
  private let metrics: PrometheusMetrics
  private let history: Mutex<FigureHistory>

  public init(_ metrics: PrometheusMetrics, at now: ContinuousClock.Instant = .now) {
    self.metrics = metrics
    history = Mutex(FigureHistory())
    sample(at: now)
  }

  /// Samples until the service group shuts down.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // Only a cancellation ends a pause early, and then the loop ends too.
        try? await Task.sleep(for: FigureHistory.interval)
        self.sample(at: .now)
      }
    }
  }

  public func sample(at now: ContinuousClock.Instant) {
    let totals = totals
    history.withLock { $0.add(totals, at: now) }
  }

  /// The figures of this moment.
  public func figures(at now: ContinuousClock.Instant = .now) -> IssuanceStatistics {
    let totals = totals
    return history.withLock { $0.figures(totals, at: now) }
  }

  private var totals: [FigureHistory.Key: Double] {
    var totals: [FigureHistory.Key: Double] = [:]
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
  /// What went beyond the registry's limits has other labels.
  fileprivate func text(_ name: String) -> String { first { $0.name == name }?.value ?? "others" }
}
#endif
