import BenchmarkResults

/// Workloads in alternating slices: the drift of a shared machine hits all of them alike and leaves their ratios alone.
struct Measurement {
  static let slice = Duration.milliseconds(100)

  static func compare(_ runs: Runs, for duration: Duration) throws -> Comparison {
    let (plan, turns) = (Plan(duration), try turns(of: runs))
    var comparison = Comparison()
    for _ in 0..<plan.pairs {
      var round: [Comparison.Side: Double] = [:]
      for turn in turns { round[turn.side] = try rate(of: turn, for: plan.length) }
      comparison.append(round)
    }
    return comparison
  }

  /// Single tokens of the row and of its limit.
  static func compareLatency(_ runs: Runs, for duration: Duration) throws -> LatencyComparison {
    let plan = Plan(duration)
    var comparison = LatencyComparison()
    for _ in 0..<plan.pairs {
      comparison.append(
        tokens: try latency(of: runs.row, for: plan.length),
        other: try latency(of: runs.limit, for: plan.length))
    }
    return comparison
  }

  /// A workload in its turns, and how many operations go between two looks at the clock.
  struct Turn {
    let side: Comparison.Side
    let workload: AnyWorkload
    let step: Int
  }

  static func turns(of runs: Runs) throws -> [Turn] {
    try runs.sides.map { Turn(side: $0, workload: $1, step: try calibrate($1)) }
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
  static func latency(of workload: AnyWorkload, for duration: Duration) throws -> Histogram {
    let count = max(16, workload.group, min(4 * workload.group, 256))
    // Only what is recorded after the first use counts.
    try workload.run(count)
    var histogram = Histogram()
    let start = ContinuousClock.now
    repeat { try workload.run(count, timing: &histogram) } while start.duration(to: .now) < duration
    return histogram
  }

  /// What a time has in it for work that takes none, in nanoseconds.
  static func clockCost() throws -> UInt64 {
    try latency(of: AnyWorkload(Nothing()), for: .milliseconds(10)).percentile(0.5) ?? 0
  }

  private struct Nothing: Workload {
    mutating func run(_ count: Int) {}
  }

  /// Operations per second over one slice.
  static func rate(of turn: Turn, for duration: Duration) throws -> Double {
    let start = ContinuousClock.now
    var (done, elapsed) = (0, Duration.zero)
    while elapsed < duration {
      try turn.workload.run(turn.step)
      done += turn.step
      elapsed = start.duration(to: .now)
    }
    return Double(done) / (elapsed / .seconds(1))
  }

  /// How many operations take a step's time; finding it out warms up caches and branch predictors too.
  private static func calibrate(_ workload: AnyWorkload) throws -> Int {
    var count = workload.group
    while true {
      let start = ContinuousClock.now
      try workload.run(count)
      if start.duration(to: .now) >= workload.step { return count }
      count *= 2
    }
  }
}
