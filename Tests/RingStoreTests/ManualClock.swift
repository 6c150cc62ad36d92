import JOSE
import Synchronization

/// The time of a test: it stands still until it is set.
final class TestTime: Sendable {
  private let time: Mutex<NumericDate>
  init(_ now: NumericDate) { time = Mutex(now) }

  var now: NumericDate {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }

  var wallClock: WallClock { WallClock { self.now } }
}

/// A clock on which time passes when the test says so, and that tells of every sleep that begins.
final class ManualClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration = .zero
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct State {
    var now = Instant()
    var nextSleeper = 0
    var sleepers: [Int: (deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())
  /// How long each sleep is to last, in order.
  let pauses: AsyncStream<Duration>
  private let told: AsyncStream<Duration>.Continuation

  init() { (pauses, told) = AsyncStream.makeStream() }

  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .zero }

  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let due = state.sleepers.filter { $0.value.deadline <= state.now }
      for sleeper in due.keys { state.sleepers[sleeper] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
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
