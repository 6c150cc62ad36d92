import Synchronization

/// A clock that a test moves forward, and that reports every sleep that begins.
package final class ManualClock: Clock {
  package typealias Instant = TestInstant

  private struct State {
    var now = Instant()
    var nextSleeper = 0
    var sleepers: [Int: (deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())
  /// The length of each sleep, in the order in which they begin.
  package let pauses: AsyncStream<Duration>
  private let reporter: AsyncStream<Duration>.Continuation

  package init() { (pauses, reporter) = AsyncStream.makeStream() }

  package var now: Instant { state.withLock { $0.now } }
  package var minimumResolution: Duration { .zero }
  /// How many sleep at the moment.
  package var sleepers: Int { state.withLock { $0.sleepers.count } }

  package func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let woken = state.sleepers.filter { $0.value.deadline <= state.now }
      for sleeper in woken.keys { state.sleepers[sleeper] = nil }
      return woken.values.map(\.continuation)
    }
    for continuation in woken { continuation.resume() }
  }

  package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let sleeper = state.withLock { state in
      state.nextSleeper += 1
      return state.nextSleeper
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { begin(sleeper, deadline, $0) }
    } onCancel: {
      let continuation = state.withLock { state in
        state.cancelled.insert(sleeper)
        return state.sleepers.removeValue(forKey: sleeper)?.continuation
      }
      continuation?.resume(throwing: CancellationError())
    }
  }

  private func begin(
    _ sleeper: Int, _ deadline: Instant, _ continuation: CheckedContinuation<Void, any Error>
  ) {
    let pause: Duration? = state.withLock { state in
      if state.cancelled.contains(sleeper) { return nil }
      state.sleepers[sleeper] = (deadline, continuation)
      return state.now.duration(to: deadline)
    }
    guard let pause else { return continuation.resume(throwing: CancellationError()) }
    reporter.yield(pause)
  }
}
