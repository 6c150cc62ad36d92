import JOSECore
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
