import JOSECore
import KeyRotation
import TestSupport
import Testing

/// A rotator at work, with time and store in the test's hands.
final class RotatorBench: Sendable {
  let clock = ManualClock()
  let time = TestTime(start)
  let ring: KeyRing
  let rotator: KeyRotator
  let events = Recorder<(event: RingEvent, epoch: Int)>()
  /// Until when the rotator said that this process may sign, at each failure.
  let failures = Recorder<NumericDate>()
  private let task: Task<Void, Never>

  init(_ store: any KeyRingStore, _ policy: RotationPolicy, _ role: KeyRing.Role = .rotates) async throws {
    ring = KeyRing(
      try #require(try await store.snapshot()), store: store, policy: policy, role: role,
      clock: time.wallClock,
      confirmedAt: start)
    let rotator = KeyRotator(ring, sleeper: clock) { [events] in
      events.append(($0, $1))
    } onFailure: { [failures] in
      failures.append($1)
    }
    self.rotator = rotator
    task = Task { await rotator.run() }
  }

  deinit { task.cancel() }

  /// Waits until the rotator is asleep, and for how long it means to be.
  func nextPause() async throws -> Duration {
    for await pause in clock.pauses { return pause }
    throw CancellationError()
  }

  /// Lets time pass, on both clocks.
  func pass(_ pause: Duration) {
    time.now = time.now.advanced(by: pause.components.seconds)
    clock.advance(by: pause)
  }

  func cancel() async {
    task.cancel()
    await task.value
  }
}
