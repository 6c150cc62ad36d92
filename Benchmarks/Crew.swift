import BenchmarkResults
import Foundation
import Synchronization

/// The same measurement on several threads: all of them take the row's slice at the same time, then all of them the limits'.
/// The threads stay from slice to slice, since what a library keeps for each thread is made at its first use.
final class ThreadGroup: Sendable {
  private let state = Mutex(State())
  private let start: Barrier
  private let finish: Barrier

  private struct State {
    /// What the threads reached together in each.
    var rounds: [[Comparison.Side: Double]] = []
    var histogram = Histogram()
    var failure: (any Error)?
  }

  private init(threads: Int, rounds: Int) {
    (start, finish) = (Barrier(of: threads), Barrier(of: threads + 1))
    state.withLock { $0.rounds = .init(repeating: [:], count: rounds) }
  }

  static func measure(
    _ runs: [Runs], for duration: Duration, withLatency: Bool
  ) throws -> (Comparison, Histogram) {
    let plan = Measurement.Plan(duration)
    let crew = ThreadGroup(threads: runs.count, rounds: plan.pairs)
    let timed = withLatency ? duration / 4 : .zero
    for runs in runs {
      nonisolated(unsafe) let runs = runs  // one thread each
      Thread { unsafe crew.work(runs, plan, timed) }.start()
    }
    crew.finish.arrive()
    return try crew.state.withLock { state in
      if let failure = state.failure { throw failure }
      var comparison = Comparison()
      for round in state.rounds { comparison.append(round) }
      return (comparison, state.histogram)
    }
  }

  /// A thread that fails leaves, and the others don't wait for it.
  private func work(_ runs: Runs, _ plan: Measurement.Plan, _ timed: Duration) {
    do { try measure(runs, plan, timed) } catch {
      state.withLock { $0.failure = $0.failure ?? error }
      start.leave()
    }
    finish.arrive()
  }

  private func measure(_ runs: Runs, _ plan: Measurement.Plan, _ timed: Duration) throws {
    let turns = try Measurement.turns(of: runs)
    for round in 0..<plan.pairs {
      for turn in turns {
        start.arrive()
        let rate = try Measurement.rate(of: turn, for: plan.length)
        state.withLock { $0.rounds[round][turn.side, default: 0] += rate }
      }
    }
    guard timed > .zero else { return }
    start.arrive()
    let histogram = try Measurement.latency(of: runs.row, for: timed)
    state.withLock { $0.histogram.add(histogram) }
  }
}

/// Threads that go on when all of them are there.
final class Barrier: @unchecked Sendable {
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
