import JOSECore
import KeyRotation

/// What is true of a key in the modelled world, whether a process knows it or not. Times are true times.
struct KeyFacts: Hashable, Sendable {
  /// In the pool.
  let place: Int
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
    let (old, new) = (plan.base.state(at: place), plan.result.state(at: place))
    if old == nil, let changed = promise.policyChange, plan.offset - changed > promise.skew {
      isBeyondPromise = true
    }
    guard new == .active, old != .active else { return }
    keptFor = plan.result.ring.policy.verifierBound + plan.result.ring.policy.cdnTime
    isEarly = plan.events.contains { event in
      if case .activatedEarly(let keyID, _, _) = event {
        plan.result.key(at: place)?.keyID == keyID
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
      if plan.base.all.contains(place) { wait = reading }
    } else if plan.request.map({ if case .confirm = $0 { true } else { false } }) ?? false {
      if plan.copy?.contains(place) ?? false { wait = reading }
    }
  }

  mutating func noteEnd(_ before: CommittedRing, _ after: CommittedRing, at now: Int64) {
    let state = after.state(at: place)
    if endedAt == nil, before.all.contains(place), state != .active, state != .published { endedAt = now }
    if revokedAt == nil, state == .revoked { revokedAt = now }
    // Removed by a clock that is ahead by more than S: `keptWhileNeeded` has said so if it was not.
    let needed = latestExpiry.adding(after.ring.policy.leeway)
    if state == nil, before.all.contains(place), revokedAt == nil, needed > now { isBeyondPromise = true }
  }
}

extension Int64 {
  /// Sums with `.min`, which stands for never.
  func adding(_ seconds: Int64) -> Int64 { self == .min ? .min : self + seconds }
}
