package import JOSECore
import Synchronization

/// The instants of the clocks below, counted from their start.
package struct TestInstant: InstantProtocol {
  package var offset: Duration = .zero
  package init(offset: Duration = .zero) { self.offset = offset }
  package func advanced(by duration: Duration) -> TestInstant { TestInstant(offset: offset + duration) }
  package func duration(to other: TestInstant) -> Duration { other.offset - offset }
  package static func < (left: TestInstant, right: TestInstant) -> Bool { left.offset < right.offset }
}

/// A clock on which time never passes: no deadline is ever reached.
package struct StoppedClock: Clock {
  package var now: TestInstant { TestInstant() }
  package var minimumResolution: Duration { .zero }
  package init() {}

  package func sleep(until deadline: TestInstant, tolerance: Duration?) async throws {
    try await waitForCancellation()
  }
}

/// A clock on which every sleep ends at once: each deadline passes before slow work is done.
package struct ImpatientClock: Clock {
  package var now: TestInstant { TestInstant() }
  package var minimumResolution: Duration { .zero }
  package init() {}
  package func sleep(until deadline: TestInstant, tolerance: Duration?) async throws {}
}

/// Returns, by throwing, when the task is cancelled.
package func waitForCancellation() async throws {
  let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
  for await _ in stream {}
  _ = continuation
  try Task.checkCancellation()
}

/// The date and time of a test: it stands still until it is set.
package final class TestTime: Sendable {
  private let time: Mutex<NumericDate>
  package init(_ now: NumericDate) { time = Mutex(now) }

  package var now: NumericDate {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }

  package func advance(by seconds: Int64) { time.withLock { $0 = $0.advanced(by: seconds) } }

  package var wallClock: WallClock { WallClock { self.now } }
}
