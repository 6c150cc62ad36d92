#if Server
import Metrics
import Synchronization

/// The values of one series, in relaxed atomics: metrics need no order among each other.
protocol MetricStorage: AnyObject, Sendable {
  /// The value of a counter or gauge.
  var scalar: Double? { get }
  func write(_ name: String, _ labels: [MetricLabel], to text: inout ExpositionText)
}

extension MetricStorage {
  var scalar: Double? { nil }
}

final class IntegerCounter: MetricStorage, CounterHandler {
  private let count = Atomic<UInt64>(0)

  /// A counter never decreases, except by a reset: negative amounts are ignored.
  func increment(by amount: Int64) {
    guard amount > 0 else { return }
    count.wrappingAdd(UInt64(amount), ordering: .relaxed)
  }

  func reset() { count.store(0, ordering: .relaxed) }

  private var value: UInt64 { count.load(ordering: .relaxed) }
  var scalar: Double? { Double(value) }

  func write(_ name: String, _ labels: [MetricLabel], to text: inout ExpositionText) {
    text.append(name, labels, "\(value)")
  }
}

final class FractionCounter: MetricStorage, FloatingPointCounterHandler {
  private let sum = AtomicDouble()

  func increment(by amount: Double) {
    guard amount > 0, amount.isFinite else { return }
    sum.add(amount)
  }

  func reset() { sum.value = 0 }

  var scalar: Double? { sum.value }

  func write(_ name: String, _ labels: [MetricLabel], to text: inout ExpositionText) {
    text.append(name, labels, ExpositionText.number(sum.value))
  }
}

final class GaugeValue: MetricStorage, MeterHandler, RecorderHandler {
  private let current = AtomicDouble()

  func set(_ value: Int64) { current.value = Double(value) }
  func set(_ value: Double) { current.value = value }
  func increment(by amount: Double) { current.add(amount) }
  func decrement(by amount: Double) { current.add(-amount) }
  func record(_ value: Int64) { set(value) }
  func record(_ value: Double) { set(value) }

  var scalar: Double? { current.value }

  func write(_ name: String, _ labels: [MetricLabel], to text: inout ExpositionText) {
    text.append(name, labels, ExpositionText.number(current.value))
  }
}

final class SummaryValue: MetricStorage, RecorderHandler {
  private let count = Atomic<UInt64>(0)
  private let sum = AtomicDouble()

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    // A NaN would make every later sum NaN.
    guard value.isFinite else { return }
    sum.add(value)
    count.wrappingAdd(1, ordering: .relaxed)
  }

  func write(_ name: String, _ labels: [MetricLabel], to text: inout ExpositionText) {
    text.append(name + "_sum", labels, ExpositionText.number(sum.value))
    text.append(name + "_count", labels, "\(count.load(ordering: .relaxed))")
  }
}

/// A floating-point number that threads add to without a lock.
struct AtomicDouble: ~Copyable, Sendable {
  private let bits = Atomic<UInt64>(0)

  var value: Double {
    get { Double(bitPattern: bits.load(ordering: .relaxed)) }
    nonmutating set { bits.store(newValue.bitPattern, ordering: .relaxed) }
  }

  func add(_ amount: Double) {
    var known = bits.load(ordering: .relaxed)
    while true {
      let (isDone, found) = bits.weakCompareExchange(
        expected: known, desired: (Double(bitPattern: known) + amount).bitPattern, ordering: .relaxed)
      if isDone { return }
      known = found
    }
  }
}

/// A timer: how many durations were within each of the bounds, from 10 µs to 10 s.
final class DurationHistogram: MetricStorage, TimerHandler {
  /// Nanoseconds, and the label in seconds.
  static let bounds: [(nanoseconds: Int64, text: String)] = [
    (10_000, "0.00001"), (25_000, "0.000025"), (50_000, "0.00005"),
    (100_000, "0.0001"), (250_000, "0.00025"), (500_000, "0.0005"),
    (1_000_000, "0.001"), (2_500_000, "0.0025"), (5_000_000, "0.005"),
    (10_000_000, "0.01"), (25_000_000, "0.025"), (50_000_000, "0.05"),
    (100_000_000, "0.1"), (250_000_000, "0.25"), (500_000_000, "0.5"),
    (1_000_000_000, "1"), (2_500_000_000, "2.5"), (5_000_000_000, "5"), (10_000_000_000, "10"),
  ]

  /// One count for each bound and one beyond. Their sum is the total count, so the two can't disagree.
  private let counts = InlineArray<20, Atomic<UInt64>> { _ in Atomic(0) }
  private let nanoseconds = Atomic<UInt64>(0)

  func recordNanoseconds(_ duration: Int64) {
    // Negative if the clock was set back.
    let duration = max(0, duration)
    let index = Self.bounds.firstIndex { duration <= $0.nanoseconds } ?? Self.bounds.count
    counts[index].wrappingAdd(1, ordering: .relaxed)
    nanoseconds.wrappingAdd(UInt64(duration), ordering: .relaxed)
  }

  func write(_ name: String, _ labels: [MetricLabel], to text: inout ExpositionText) {
    let sum = nanoseconds.load(ordering: .relaxed)
    var total: UInt64 = 0
    for index in 0...Self.bounds.count {
      total &+= counts[index].load(ordering: .relaxed)
      let bound = index < Self.bounds.count ? Self.bounds[index].text : "+Inf"
      text.append(name + "_bucket", labels + [MetricLabel("le", bound)], "\(total)")
    }
    text.append(name + "_sum", labels, Self.seconds(sum))
    text.append(name + "_count", labels, "\(total)")
  }

  /// With nine decimals, so that the sum is exact.
  private static func seconds(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1_000_000_000)
    return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
  }
}

/// A writer of the text exposition format 0.0.4.
struct ExpositionText {
  private(set) var text = ""

  mutating func append(_ family: MetricFamily) {
    if let help = family.help { text += "# HELP \(family.name) \(Self.escapedHelp(help))\n" }
    text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
    for series in family.series.sorted(by: { Self.isBefore($0.labels, $1.labels) }) {
      series.storage.write(family.name, series.labels, to: &self)
    }
  }

  mutating func append(_ name: String, _ labels: [MetricLabel], _ value: String) {
    text += name
    if !labels.isEmpty {
      let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
      text += "{" + list.joined(separator: ",") + "}"
    }
    text += " " + value + "\n"
  }

  /// Whole numbers have no fraction.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    guard value.isFinite else { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private static func escaped(_ value: String) -> String {
    escapedHelp(value).replacing("\"", with: "\\\"")
  }

  private static func escapedHelp(_ text: String) -> String {
    var escaped = ""
    // By scalars: "\r\n" is one character.
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func isBefore(_ left: [MetricLabel], _ right: [MetricLabel]) -> Bool {
    left.lexicographicallyPrecedes(right) { ($0.name, $0.value) < ($1.name, $1.value) }
  }
}
#endif
