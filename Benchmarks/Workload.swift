import BenchmarkResults

/// Work that is measured. Generic callers are specialized for it, so nothing but the work stands in the loop.
protocol Workload: ~Copyable {
  /// Does the operation `count` times; throws when one of them fails or makes something that isn't real.
  mutating func run(_ count: Int) throws

  /// The same, and each of them is timed by itself.
  mutating func run(_ count: Int, timing histogram: inout Histogram) throws
}

extension Workload where Self: ~Copyable {
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
