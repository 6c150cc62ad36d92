import JOSECore
import KeyRotation

/// What is true of a key in the modelled world, whether a process knows it or not. Times are true times.
struct KeyFacts: Hashable, Sendable {
  /// In the pool.
  let index: Int
  /// The epoch that published it.
  let epoch: Int
  /// When a JWKS without it was last handed out, and until when such a one may be in use.
  var lastWithout: Int64 = .min
  var cachedWithoutUntil: Int64 = .min
  /// How long verifiers keep a JWKS, as the policy said that was in force when the key became active. One that learns later
  /// that they keep it for longer comes too late for this key.
  var keptFor: Int64 = 0
  /// The latest `exp` of the tokens signed with it.
  var latestExpiry: Int64 = .min
  /// Where the wait for propagation began: by which clock, and how far that was off.
  var wait: ClockReading?
  /// Activated by a revocation before its time.
  var isEarly = false
  /// Invariant 1 is not promised for it: see `ClockPromise`.
  var isBeyondPromise = false
  /// When it stopped being active or standing by, in the durable ring.
  var endedAt: Int64?
  var revokedAt: Int64?
}

struct ClockReading: Hashable, Sendable {
  var clock: Int64
  var offset: Int64
}

extension KeyFacts {
  /// What a commit means for the wait of this key, and whether the wait it ended was one.
  mutating func note(_ plan: Plan, _ verdict: ClockPromise.Verdict, _ promise: ClockPromise) {
    let reading = ClockReading(clock: plan.clock, offset: plan.offset)
    begin(plan, reading)
    switch verdict {
    case .normal: break
    case .setBack: if let wait, wait.clock > plan.clock + promise.skew { self.wait = reading }
    case .putRight: if wait != nil { wait = reading }
    }
    let (old, new) = (plan.base.state(at: index), plan.result.state(at: index))
    if old == nil, let changed = promise.policyChange, plan.offset - changed > promise.skew {
      isBeyondPromise = true
    }
    guard new == .active, old != .active else { return }
    keptFor = plan.result.ring.policy.verifierBound + plan.result.ring.policy.cdnTime
    isEarly = plan.events.contains { event in
      if case .activatedEarly(let keyID, _, _) = event {
        plan.result.key(at: index)?.keyID == keyID
      } else {
        false
      }
    }
    if let wait, promise.isBeyond(wait, plan.offset) { isBeyondPromise = true }
  }

  /// The wait begins at the first reading of a clock after the key was there for all to fetch.
  private mutating func begin(_ plan: Plan, _ reading: ClockReading) {
    guard wait == nil else { return }
    if plan.result.ring.policy.publication == .served {
      if plan.base.all.contains(index) { wait = reading }
    } else if plan.request.map({ if case .confirm = $0 { true } else { false } }) ?? false {
      if plan.copy?.contains(index) ?? false { wait = reading }
    }
  }

  mutating func noteEnd(_ before: CommittedRing, _ after: CommittedRing, at now: Int64) {
    let state = after.state(at: index)
    if endedAt == nil, before.all.contains(index), state != .active, state != .published { endedAt = now }
    if revokedAt == nil, state == .revoked { revokedAt = now }
    // Removed by a clock that is ahead by more than S: `keptWhileNeeded` has said so if it was not.
    let needed = latestExpiry.adding(after.ring.policy.leeway)
    if state == nil, before.all.contains(index), revokedAt == nil, needed > now { isBeyondPromise = true }
  }
}

extension Int64 {
  /// Sums with `.min`, which stands for never.
  func adding(_ seconds: Int64) -> Int64 { self == .min ? .min : self + seconds }
}

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
