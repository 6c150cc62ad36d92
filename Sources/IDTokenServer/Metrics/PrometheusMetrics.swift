#if Server
public import Metrics
import Synchronization

/// A backend of swift-metrics that Prometheus can scrape: text exposition format 0.0.4.
///
/// Names stay as they are given, if the format allows them. Counters count integers, or fractions for a
/// `FloatingPointCounter`; meters and recorders that don't aggregate are gauges; timers are histograms in seconds.
/// Recorders that aggregate are summaries without quantiles, because their unit is unknown.
///
/// Making a metric takes a lock and a look-up; counting takes neither, so callers keep their metrics. Memory is bounded by
/// `PrometheusLimits`. Nothing is stored on disk or pushed.
public final class PrometheusMetrics: MetricsFactory {
  private let registry: Mutex<MetricRegistry>

  /// - Parameter help: one line for each metric by its name, for `# HELP`. The issuer's own are known.
  public init(limits: PrometheusLimits = .standard, help: [String: String] = [:]) {
    registry = Mutex(MetricRegistry(limits, help.merging(IssuerMetricHelp.lines) { given, _ in given }))
  }

  /// The answer to a scrape, as UTF-8.
  public func exposition() -> [UInt8] {
    // Rendered outside of the lock, so that a slow scrape blocks no other thread.
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

  /// The existing series, or a new one. `nil` if it is refused, which is counted; its values are lost.
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

/// The limits of a registry, so that labels from outside can't use up memory.
///
/// Beyond them, counters, timers and aggregating recorders share one series with the label `overflow="true"`: totals stay
/// right. A gauge has no total and is left out. `prometheus_refused_series_total` counts both.
public struct PrometheusLimits: Sendable, Hashable {
  /// Names of metrics.
  public var names: Int
  /// Series of one name.
  public var seriesPerName: Int
  /// Characters of a label's value; the rest is cut off.
  public var valueLength: Int

  public init(names: Int = 256, seriesPerName: Int = 1000, valueLength: Int = 256) {
    (self.names, self.seriesPerName, self.valueLength) = (names, seriesPerName, valueLength)
  }

  public static let standard = PrometheusLimits()
}

/// The series of one name.
struct MetricFamily: Sendable {
  let name: String
  let kind: MetricKind
  let help: String?
  private(set) var indices: [[MetricLabel]: Int] = [:]
  private(set) var series: [MetricSeries] = []

  init(_ name: String, _ kind: MetricKind, help: String?) {
    (self.name, self.kind, self.help) = (name, kind, help)
  }

  func storage(_ labels: [MetricLabel]) -> (any MetricStorage)? {
    indices[labels].map { series[$0].storage }
  }

  mutating func add(_ labels: [MetricLabel], _ storage: any MetricStorage) {
    indices[labels] = series.count
    series.append(MetricSeries(labels: labels, storage: storage))
  }

  /// The last series takes the index of the removed one.
  mutating func remove(_ storage: AnyObject) {
    guard let index = series.firstIndex(where: { $0.storage === storage }) else { return }
    indices[series[index].labels] = nil
    let last = series.removeLast()
    guard index < series.count else { return }
    series[index] = last
    indices[last.labels] = index
  }
}

struct MetricSeries: Sendable {
  let labels: [MetricLabel]
  let storage: any MetricStorage
}

/// The metrics of a factory, within its limits.
struct MetricRegistry: Sendable {
  private let limits: PrometheusLimits
  private let help: [String: String]
  private var byName: [String: MetricFamily] = [:]
  /// Names of samples and their metrics: `x_count` of a histogram `x` may not be a counter too.
  private var owners: [String: String] = [:]
  private let refused = IntegerCounter()

  static let refusedName = "prometheus_refused_series_total"
  private static let overflow = [MetricLabel("overflow", "true")]

  init(_ limits: PrometheusLimits, _ help: [String: String]) {
    (self.limits, self.help) = (limits, help)
    owners[Self.refusedName] = Self.refusedName
  }

  var families: [MetricFamily] {
    var own = MetricFamily(
      Self.refusedName, .counter,
      help: "Series that were refused, because of a limit or a name that was already taken.")
    own.add([], refused)
    return byName.values.filter { !$0.series.isEmpty } + [own]
  }

  func family(_ name: String) -> MetricFamily? { byName[name] }

  /// - Returns: the series for these labels, the overflow series, or `nil`.
  mutating func storage(
    _ name: String, _ labels: [MetricLabel], _ kind: MetricKind, _ new: () -> some MetricStorage
  ) -> (any MetricStorage)? {
    let labels = labels.map {
      MetricLabel($0.name, String($0.value.unicodeScalars.prefix(limits.valueLength)))
    }
    if let known = byName[name], known.kind == kind, let storage = known.storage(labels) { return storage }
    guard claim(name, kind) else { return refuse() }
    guard byName[name]?.series.count ?? 0 < limits.seriesPerName else {
      refused.increment(by: 1)
      return kind == .gauge ? nil : add(name, Self.overflow, new)
    }
    return add(name, labels, new)
  }

  mutating func remove(_ storage: AnyObject) {
    for name in byName.keys { byName[name]?.remove(storage) }
  }

  private mutating func add(
    _ name: String, _ labels: [MetricLabel], _ new: () -> some MetricStorage
  ) -> (any MetricStorage)? {
    if let storage = byName[name]?.storage(labels) { return storage }
    let storage = new()
    byName[name]?.add(labels, storage)
    return storage
  }

  private mutating func claim(_ name: String, _ kind: MetricKind) -> Bool {
    if let known = byName[name] { return known.kind == kind }
    let samples = kind.suffixes.map { name + $0 }
    guard byName.count < limits.names, samples.allSatisfy({ owners[$0] == nil }) else { return false }
    for sample in samples { owners[sample] = name }
    byName[name] = MetricFamily(name, kind, help: help[name])
    return true
  }

  private func refuse() -> (any MetricStorage)? {
    refused.increment(by: 1)
    return nil
  }
}

/// Names of the data model: ASCII letters, digits and underscores, no digit first; metrics may have colons too.
enum MetricName {
  static func metric(_ text: String) -> String { sanitised(text, allowingColon: true) }

  static func label(_ text: String) -> String { sanitised(text, allowingColon: false) }

  private static func sanitised(_ text: String, allowingColon: Bool) -> String {
    var name = ""
    for scalar in text.unicodeScalars.prefix(maximumLength) {
      switch scalar {
      case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
      case "0"..."9": name += name.isEmpty ? "_\(scalar)" : "\(scalar)"
      case ":" where allowingColon: name += ":"
      default: name += "_"
      }
    }
    return name.isEmpty ? "_" : name
  }

  private static let maximumLength = 128
}

/// A label of a series, with a valid name.
package struct MetricLabel: Sendable, Hashable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }

  /// Sorted by name, so that the order of the caller's dimensions makes no difference.
  static func list(_ dimensions: [(String, String)], in kind: MetricKind) -> [MetricLabel] {
    var labels: [MetricLabel] = []
    for (given, value) in dimensions {
      var name = MetricName.label(given)
      // `__` is reserved for Prometheus, `le` and `quantile` for the format.
      if name.hasPrefix("__") || name == kind.reservedLabel { name = "label_" + name }
      while labels.contains(where: { $0.name == name }) { name += "_" }
      labels.append(MetricLabel(name, value))
    }
    return labels.sorted { $0.name < $1.name }
  }
}

/// `TYPE` of the format.
enum MetricKind: String, Sendable {
  case counter, gauge, histogram, summary

  /// The suffixes of a metric's name in its samples.
  var suffixes: [String] {
    switch self {
    case .counter, .gauge: [""]
    case .histogram: ["", "_bucket", "_sum", "_count"]
    case .summary: ["", "_sum", "_count"]
    }
  }

  var reservedLabel: String? {
    switch self {
    case .counter, .gauge: nil
    case .histogram: "le"
    case .summary: "quantile"
    }
  }
}
#endif
