/// What is promised when clocks lie, as the checkers apply it.
///
/// **True time** is that of the slowest honest clock; an honest clock is at most S ahead of it, so two honest clocks
/// differ by no more than S. Verifiers have honest clocks: what they refuse because their own clock lies is not ours to
/// promise.
///
/// 1. Within S, and after any jump back: everything.
/// 2. A clock that runs **ahead** by more than S can't be told from a downtime: a writer that comes back after a day and
///    one whose clock jumped a day ahead see the same ring and the same time. So for a key's wait (invariant 1) what
///    counts is how much the writers' clocks **gained** on true time between the reading that began the wait and the one
///    that ended it. The promise stands as long as they gained no more than S; `KeyFacts.isBeyondPromise` marks the keys
///    whose wait was cut short by a larger gain, and is the only exemption.
/// 3. A clock that was set back and is put right gains too. Where the ring could tell (a commit's time lay more than S
///    before that of the commit before it), the wait begins anew when time comes back to where it was set back from, and
///    the promise stands. Where it couldn't (nobody had committed anything for longer than the clock was set back), the
///    gain counts as in 2.
/// 4. A key is removed by comparing two times on a calendar (its latest `exp` and the remover's clock), so only a remover
///    whose clock is ahead by more than S removes too early; no clock that is behind, then or later, can make it happen.
struct ClockPromise: Hashable, Sendable {
  let skew: Int64
  var latest: Int64?
  private(set) var setBackFrom: Int64?
  /// How far the clock was off at the latest change of policy, whose old times are inherited.
  var policyChange: Int64?

  init(skew: Int64) { self.skew = skew }

  /// What a commit by this clock means for the waits that go on.
  enum Verdict { case normal, setBack, putRight }

  mutating func note(_ clock: Int64) -> Verdict {
    defer { latest = clock }
    if let latest, clock < latest - skew {
      setBackFrom = max(setBackFrom ?? latest, latest)
      return .setBack
    }
    if let from = setBackFrom, clock >= from - skew {
      setBackFrom = nil
      return .putRight
    }
    return .normal
  }

  func isBeyond(_ wait: ClockReading, _ offset: Int64) -> Bool { offset - wait.offset > skew }
}
