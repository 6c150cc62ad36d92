#if Server
import Metrics
import Synchronization

/// The values of one series. Everything is a relaxed atomic: figures need no order among each other.
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

  /// A counter never goes back (it may start again): negative amounts are left out.
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
    // One NaN would make every later sum one.
    guard value.isFinite else { return }
    sum.add(value)
    count.wrappingAdd(1, ordering: .relaxed)
  }

  func write(_ name: String, _ labels: [MetricLabel], to text: inout ExpositionText) {
    text.append(name + "_sum", labels, ExpositionText.number(sum.value))
    text.append(name + "_count", labels, "\(count.load(ordering: .relaxed))")
  }
}

/// A number with a fraction that threads add to without a lock.
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
#endif
