import JOSECore
import KeyRotation

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
