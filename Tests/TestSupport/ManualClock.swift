import Synchronization

/// A clock on which time passes when the test says so, and that tells of every sleep that begins.
package final class ManualClock: Clock {
  package struct Instant: InstantProtocol {
    var offset: Duration = .zero
    package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    package func duration(to other: Instant) -> Duration { other.offset - offset }
    package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct State {
    var now = Instant()
    var nextSleeper = 0
    var sleepers: [Int: (deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())
  /// How long each sleep is to last, in order.
  package let pauses: AsyncStream<Duration>
  private let told: AsyncStream<Duration>.Continuation

  package init() { (pauses, told) = AsyncStream.makeStream() }

  package var now: Instant { state.withLock { $0.now } }
  package var minimumResolution: Duration { .zero }

  package func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let due = state.sleepers.filter { $0.value.deadline <= state.now }
      for sleeper in due.keys { state.sleepers[sleeper] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
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
    told.yield(pause)
  }
}
