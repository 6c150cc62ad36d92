/// Two workloads in alternating slices: the drift of a shared machine hits both alike and leaves their ratio alone.
struct Measurement {
  static let slice = Duration.milliseconds(100)
  /// The clock is read once for about this much work, so that reading it costs nothing.
  private static let step = Duration.milliseconds(1)

  static func compare(
    _ tokens: inout some Workload & ~Copyable, with limit: inout some Workload & ~Copyable,
    for duration: Duration
  ) throws -> Comparison {
    let pairs = max(1, Int((duration / (slice * 2)).rounded()))
    let length = min(slice, duration / 2)
    let (tokenStep, limitStep) = (try calibrate(&tokens), try calibrate(&limit))
    var comparison = Comparison()
    for _ in 0..<pairs {
      comparison.append(
        tokens: try rate(of: &tokens, for: length, step: tokenStep),
        limit: try rate(of: &limit, for: length, step: limitStep))
    }
    return comparison
  }

  /// Operations per second over one slice.
  private static func rate(
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
  private static func calibrate(_ workload: inout some Workload & ~Copyable) throws -> Int {
    var count = 1
    while true {
      let start = ContinuousClock.now
      try workload.run(count)
      if start.duration(to: .now) >= step { return count }
      count *= 2
    }
  }
}
