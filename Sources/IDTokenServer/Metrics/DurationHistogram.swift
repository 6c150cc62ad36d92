#if Server
import Metrics
import Synchronization

/// A timer: how many durations were within each of the bounds, from 10 µs to 10 s.
final class DurationHistogram: MetricStorage, TimerHandler {
  /// Nanoseconds, and the same in seconds as the format has it.
  static let bounds: [(nanoseconds: Int64, text: String)] = [
    (10_000, "0.00001"), (25_000, "0.000025"), (50_000, "0.00005"),
    (100_000, "0.0001"), (250_000, "0.00025"), (500_000, "0.0005"),
    (1_000_000, "0.001"), (2_500_000, "0.0025"), (5_000_000, "0.005"),
    (10_000_000, "0.01"), (25_000_000, "0.025"), (50_000_000, "0.05"),
    (100_000_000, "0.1"), (250_000_000, "0.25"), (500_000_000, "0.5"),
    (1_000_000_000, "1"), (2_500_000_000, "2.5"), (5_000_000_000, "5"), (10_000_000_000, "10"),
  ]

  /// A place for each bound and one beyond them all. Their sum is the count, so that the two can't disagree.
  private let counts = InlineArray<20, Atomic<UInt64>> { _ in Atomic(0) }
  private let nanoseconds = Atomic<UInt64>(0)

  func recordNanoseconds(_ duration: Int64) {
    // A clock that was set back in between has measured nothing.
    let duration = max(0, duration)
    let place = Self.bounds.firstIndex { duration <= $0.nanoseconds } ?? Self.bounds.count
    counts[place].wrappingAdd(1, ordering: .relaxed)
    nanoseconds.wrappingAdd(UInt64(duration), ordering: .relaxed)
  }

  func write(_ name: String, _ labels: [MetricLabel], to text: inout ExpositionText) {
    let sum = nanoseconds.load(ordering: .relaxed)
    var total: UInt64 = 0
    for place in 0...Self.bounds.count {
      total &+= counts[place].load(ordering: .relaxed)
      let bound = place < Self.bounds.count ? Self.bounds[place].text : "+Inf"
      text.append(name + "_bucket", labels + [MetricLabel("le", bound)], "\(total)")
    }
    text.append(name + "_sum", labels, Self.seconds(sum))
    text.append(name + "_count", labels, "\(total)")
  }

  /// All nine decimals: the sum loses nothing.
  private static func seconds(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1_000_000_000)
    return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
  }
}
#endif
