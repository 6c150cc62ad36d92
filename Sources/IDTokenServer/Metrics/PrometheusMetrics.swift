#if Server
public import Metrics
import Synchronization

/// A backend of swift-metrics that Prometheus can scrape: text exposition format 0.0.4.
///
/// Names stay as they are given, as far as the format allows. Counters count integers, or fractions for a
/// `FloatingPointCounter`; meters and recorders that don't aggregate are gauges; timers are histograms in seconds.
/// Recorders that aggregate are summaries without quantiles, since nothing is known of their unit.
///
/// Making a metric takes a lock and a look-up; whoever keeps it counts without either. What is kept is bounded: see
/// `PrometheusLimits`. It stores nothing, pushes nothing and needs no life cycle.
public final class PrometheusMetrics: MetricsFactory {
  private let registry: Mutex<MetricRegistry>

  /// - Parameter help: one line for each metric by its name, for `# HELP`. The issuer's own are known.
  public init(limits: PrometheusLimits = .standard, help: [String: String] = [:]) {
    registry = Mutex(MetricRegistry(limits, help.merging(IssuerMetricHelp.lines) { given, _ in given }))
  }

  /// The answer to a scrape, as UTF-8.
  public func exposition() -> [UInt8] {
    // Rendered outside of the lock: a slow scrape holds nobody up.
    let families = registry.withLock { $0.families }
    var text = ExpositionText()
    for family in families.sorted(by: { $0.name < $1.name }) { text.append(family) }
    return Array(text.text.utf8)
  }

  /// `Content-Type` of the exposition.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// The present values of a counter or gauge, by the labels of each series.
  package func values(of name: String) -> [(labels: [MetricLabel], value: Double)] {
    let family = registry.withLock { $0.family(MetricName.metric(name)) }
    return (family?.series ?? []).compactMap { series in
      series.storage.scalar.map { (series.labels, $0) }
    }
  }
}

extension PrometheusMetrics {
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    handler(label, dimensions, .counter, IntegerCounter()) ?? NOOPMetricsHandler.instance
  }

  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    handler(label, dimensions, .counter, FractionCounter()) ?? NOOPMetricsHandler.instance
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    handler(label, dimensions, .gauge, GaugeValue()) ?? NOOPMetricsHandler.instance
  }

  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    if aggregate {
      return handler(label, dimensions, .summary, SummaryValue()) ?? NOOPMetricsHandler.instance
    }
    return handler(label, dimensions, .gauge, GaugeValue()) ?? NOOPMetricsHandler.instance
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    handler(label, dimensions, .histogram, DurationHistogram()) ?? NOOPMetricsHandler.instance
  }

  public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
  public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
  public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
  public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

  /// The series that there is, or the new one. `nil` where it is refused: then what it is told is lost, and counted.
  private func handler<Storage: MetricStorage>(
    _ label: String, _ dimensions: [(String, String)], _ kind: MetricKind,
    _ new: @autoclosure () -> Storage
  ) -> Storage? {
    let (name, labels) = (MetricName.metric(label), MetricLabel.list(dimensions, in: kind))
    return registry.withLock { registry in
      registry.storage(name, labels, kind, new) as? Storage
    }
  }

  private func remove(_ handler: AnyObject) { registry.withLock { $0.remove(handler) } }
}
#endif
