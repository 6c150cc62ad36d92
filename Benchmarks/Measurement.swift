import BenchmarkResults

/// Two workloads in alternating slices: the drift of a shared machine hits both alike and leaves their ratio alone.
struct Measurement {
  static let slice = Duration.milliseconds(100)
  /// The clock is read once for about this much work, so that reading it costs nothing.
  private static let step = Duration.milliseconds(1)

  static func compare(
    _ tokens: inout some Workload & ~Copyable, with limit: inout some Workload & ~Copyable,
    for duration: Duration
  ) throws -> Comparison {
    let plan = Plan(duration)
    let (tokenStep, limitStep) = (try calibrate(&tokens), try calibrate(&limit))
    var comparison = Comparison()
    for _ in 0..<plan.pairs {
      comparison.append(
        tokens: try rate(of: &tokens, for: plan.length, step: tokenStep),
        limit: try rate(of: &limit, for: plan.length, step: limitStep))
    }
    return comparison
  }

  /// How many pairs of slices, and how long each slice.
  struct Plan {
    let pairs: Int
    let length: Duration

    init(_ duration: Duration) {
      pairs = max(1, Int((duration / (slice * 2)).rounded()))
      length = min(slice, duration / 2)
    }
  }

  /// Times single tokens.
  static func latency(of workload: inout some Workload & ~Copyable, for duration: Duration) throws
    -> Histogram
  {
    // Only what is recorded after the first use counts.
    try workload.run(16)
    var histogram = Histogram()
    let start = ContinuousClock.now
    repeat { try workload.run(16, timing: &histogram) } while start.duration(to: .now) < duration
    return histogram
  }

  /// What a time has in it for work that takes none, in nanoseconds.
  static func clockCost() throws -> UInt64 {
    var nothing = Nothing()
    return try latency(of: &nothing, for: .milliseconds(10)).percentile(0.5) ?? 0
  }

  private struct Nothing: Workload {
    mutating func run(_ count: Int) {}
  }

  /// Operations per second over one slice.
  static func rate(
    of workload: inout some Workload & ~Copyable, for duration: Duration, step: Int
  ) throws -> Double {
    let start = ContinuousClock.now
    var (done, elapsed) = (0, Duration.zero)
    while elapsed < duration {
      try workload.run(step)
      done += step
      elapsed = start.duration(to: .now)
    }
    return Double(done) / (elapsed / .seconds(1))
  }

  /// How many operations take a step's time; finding it out warms up caches and branch predictors too.
  static func calibrate(_ workload: inout some Workload & ~Copyable) throws -> Int {
    var count = 1
    while true {
      let start = ContinuousClock.now
      try workload.run(count)
      if start.duration(to: .now) >= step { return count }
      count *= 2
    }
  }
}
