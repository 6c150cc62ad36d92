#if Server
/// The series of one name.
struct MetricFamily: Sendable {
  let name: String
  let kind: MetricKind
  let help: String?
  private(set) var places: [[MetricLabel]: Int] = [:]
  private(set) var series: [MetricSeries] = []

  init(_ name: String, _ kind: MetricKind, help: String?) {
    (self.name, self.kind, self.help) = (name, kind, help)
  }

  func storage(_ labels: [MetricLabel]) -> (any MetricStorage)? {
    places[labels].map { series[$0].storage }
  }

  mutating func add(_ labels: [MetricLabel], _ storage: any MetricStorage) {
    places[labels] = series.count
    series.append(MetricSeries(labels: labels, storage: storage))
  }

  /// The last series takes the place of the one that goes.
  mutating func remove(_ storage: AnyObject) {
    guard let place = series.firstIndex(where: { $0.storage === storage }) else { return }
    places[series[place].labels] = nil
    let last = series.removeLast()
    guard place < series.count else { return }
    series[place] = last
    places[last.labels] = place
  }
}

struct MetricSeries: Sendable {
  let labels: [MetricLabel]
  let storage: any MetricStorage
}

/// What a factory has made, within its limits.
struct MetricRegistry: Sendable {
  private let limits: PrometheusLimits
  private let help: [String: String]
  private var byName: [String: MetricFamily] = [:]
  /// Names of samples and whose they are: `x_count` of a histogram `x` may not be a counter too.
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
      help: "Series that were not kept for lack of room or a name already taken.")
    own.add([], refused)
    return byName.values.filter { !$0.series.isEmpty } + [own]
  }

  func family(_ name: String) -> MetricFamily? { byName[name] }

  /// - Returns: the series for these labels, one that stands in for it, or `nil`.
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
#endif
