import BenchmarkResults
import Foundation
import Synchronization

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

  /// The same on several threads: all of them take the row's slice at the same time, then all of them the limits'. The
  /// threads stay from slice to slice, since what a library keeps for each thread is made at its first use.
  ///
  /// - Parameter timed: how long single tokens of the row are timed after that.
  static func compare(
    _ runs: [Runs], for duration: Duration, timed: Duration
  ) throws -> (Comparison, LatencyComparison) {
    let plan = Plan(duration)
    let start = Barrier(of: runs.count)
    let rounds = Mutex([[Comparison.Side: Double]](repeating: [:], count: plan.pairs))
    let histogram = Mutex(Histogram())
    nonisolated(unsafe) let runs = runs  // one thread each
    try Threads.run(unsafe runs.count) { thread in
      let runs = unsafe runs[thread]
      do {
        let turns = try turns(of: runs)
        for round in 0..<plan.pairs {
          for turn in turns {
            start.arrive()
            let rate = try rate(of: turn, for: plan.length)
            rounds.withLock { $0[round][turn.side, default: 0] += rate }
          }
        }
        guard timed > .zero else { return }
        start.arrive()
        let own = try latency(of: runs.row, for: timed)
        histogram.withLock { $0.add(own) }
      } catch {
        // The others don't wait for a thread that fails.
        start.leave()
        throw error
      }
    }
    var (comparison, latencies) = (Comparison(), LatencyComparison())
    for round in rounds.withLock({ $0 }) { comparison.append(round) }
    latencies.append(tokens: histogram.withLock { $0 })
    return (comparison, latencies)
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

enum Threads {
  /// Does the work on so many threads at once, and waits for all of them; throws what the first one failed with.
  static func run(_ count: Int, _ work: @escaping @Sendable (_ thread: Int) throws -> Void) throws {
    let group = DispatchGroup()
    let failure = Mutex<(any Error)?>(nil)
    for thread in 0..<count {
      group.enter()
      Thread {
        do { try work(thread) } catch { failure.withLock { $0 = $0 ?? error } }
        group.leave()
      }.start()
    }
    group.wait()
    if let failure = failure.withLock({ $0 }) { throw failure }
  }
}

/// Threads that go on when all of them are there.
private final class Barrier: @unchecked Sendable {
  private let condition = NSCondition()
  private var members: Int
  private var present = 0
  private var round = 0

  init(of members: Int) { self.members = members }

  func arrive() {
    condition.withLock {
      let own = round
      present += 1
      if present >= members { return open() }
      while own == round { condition.wait() }
    }
  }

  /// The others go on without this thread from now on.
  func leave() {
    condition.withLock {
      members -= 1
      if present >= members { open() }
    }
  }

  private func open() {
    present = 0
    round += 1
    condition.broadcast()
  }
}
