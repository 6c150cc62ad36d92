import BenchmarkResults

/// Work that is measured. Generic callers are specialized for it, so nothing but the work stands in the loop.
protocol Workload: ~Copyable {
  /// Does the operation `count` times; throws when one of them fails or makes something that isn't real.
  mutating func run(_ count: Int) throws

  /// The same, and each of them is timed by itself.
  mutating func run(_ count: Int, timing histogram: inout Histogram) throws

  /// How many come together: it is run that many times, or a multiple of that.
  var group: Int { get }

  /// The clock is read once for about this much work, so that reading it costs nothing.
  var step: Duration { get }
}

extension Workload where Self: ~Copyable {
  var group: Int { 1 }
  var step: Duration { .milliseconds(1) }

  mutating func run(_ count: Int, timing histogram: inout Histogram) throws {
    for _ in 0..<count {
      let start = ContinuousClock.now
      try run(1)
      histogram.record(start.duration(to: .now))
    }
  }
}

extension Histogram {
  mutating func record(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    record(nanoseconds: UInt64(clamping: seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
  }
}
