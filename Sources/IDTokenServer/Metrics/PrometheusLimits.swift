#if Server
/// How much a registry keeps, so that labels from outside can't eat memory.
///
/// Beyond it, counters, timers and aggregating recorders share one series with the label `overflow="true"`: totals stay
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
#endif
