#if Server
  import NIOCore
  import Synchronization

  /// Counts what one credential asks for. Times are given, so that nobody has to wait to see it refuse.
  final class TokenBucket: Sendable {
    let rate: Rate
    private let state: Mutex<State>

    /// `level` is in parts of a token: nanoseconds times `perSecond`, so that whole numbers do.
    private struct State {
      var level: UInt64
      var at: UInt64
    }

    private static let whole: UInt64 = 1_000_000_000

    init(_ rate: Rate, at now: NIODeadline) {
      self.rate = rate
      state = Mutex(State(level: UInt64(rate.burst) * Self.whole, at: now.uptimeNanoseconds))
    }

    /// Takes `count` tokens out, or answers in how many seconds they will be there.
    ///
    /// A batch larger than the burst would never fit: it waits until the bucket is full.
    func take(_ count: Int, at now: NIODeadline) -> Int? {
      let capacity = UInt64(rate.burst) * Self.whole
      let wanted = min(UInt64(max(0, count)) * Self.whole, capacity)
      let perSecond = UInt64(rate.perSecond)
      return state.withLock { state in
        let passed = now.uptimeNanoseconds > state.at ? now.uptimeNanoseconds - state.at : 0
        let (filled, overflow) = passed.multipliedReportingOverflow(by: perSecond)
        state.level = overflow ? capacity : min(capacity, state.level + min(filled, capacity))
        state.at = max(state.at, now.uptimeNanoseconds)
        if state.level >= wanted {
          state.level -= wanted
          return nil
        }
        let nanoseconds = (wanted - state.level) / perSecond
        return Int(nanoseconds / Self.whole) + 1
      }
    }
  }
#endif
