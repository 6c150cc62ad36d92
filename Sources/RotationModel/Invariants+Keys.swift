import JOSECore
import KeyRotation

extension Invariant {
  /// 1. Every JWKS that could still be cached anywhere when a token is signed holds its key, and so does every one that is
  /// served until the token is expired for everyone.
  static let knownBeforeItSigns = Invariant(number: 1) { (observation, world) throws(Violation) in
    switch observation {
    case .signing(let signing):
      guard let facts = world.facts(signing.place), !facts.isBeyondPromise, !facts.isEarly else { return }
      if signing.isDead { return }  // nobody asks for its key
      if facts.revokedAt != nil { return }  // told as exposure; how long it may sign on is invariant 9's
      let free = max(facts.cachedWithoutUntil, facts.lastWithout.adding(facts.keptFor))
      guard world.now < free else { return }
      throw Violation(
        1,
        "K\(signing.place) signs at \(world.time), and until \(world.time(free)) verifiers may hold a JWKS without it"
      )
    case .serving(let serving):
      for facts in world.facts where !serving.ring.published.contains(facts.place) {
        guard facts.revokedAt == nil, !facts.isBeyondPromise else { continue }
        // A revocation's next key is told as not known everywhere; those who lag or are not exported yet are a part of that.
        if facts.isEarly, serving.ring.ring.epoch < facts.epoch { continue }
        guard world.now < facts.latestExpiry.adding(world.durable.ring.policy.leeway) else { continue }
        throw Violation(
          1,
          "a JWKS without K\(facts.place) is served at \(world.time), whose tokens live until "
            + world.time(facts.latestExpiry))
      }
    default: return
    }
  }

  /// 2. A key leaves the JWKS only after the latest `exp` that was signed with it is past for every verifier.
  static let keptWhileNeeded = Invariant(number: 2) { (observation, world) throws(Violation) in
    guard case .commit(let commit) = observation, commit.plan.offset <= world.scenario.skew else { return }
    for facts in world.facts where facts.revokedAt == nil && commit.before.published.contains(facts.place) {
      guard !commit.after.published.contains(facts.place) else { continue }
      if commit.after.state(at: facts.place) == .revoked { continue }
      guard world.now < facts.latestExpiry.adding(commit.after.ring.policy.leeway) else { continue }
      throw Violation(
        2,
        "K\(facts.place) is removed at \(world.time), and tokens of it live until \(world.time(facts.latestExpiry))"
      )
    }
  }

  /// 3. A ring that has had an active key always has one.
  static let alwaysActive = Invariant(number: 3) { (observation, world) throws(Violation) in
    guard case .commit(let commit) = observation else { return }
    guard !commit.before.ring.keys(.active).isEmpty else { return }
    guard !commit.after.ring.keys(.active).isEmpty else {
      throw Violation(3, "epoch \(commit.after.ring.epoch) has no active key")
    }
    for algorithm in commit.after.ring.policy.algorithms
    where commit.before.ring.activeKey(for: algorithm) != nil {
      guard commit.after.ring.activeKey(for: algorithm) == nil else { continue }
      throw Violation(3, "epoch \(commit.after.ring.epoch) has no active \(algorithm) key any more")
    }
  }

  /// 6. `kid`, key and algorithm of a token belong together.
  static let nameFitsKey = Invariant(number: 6) { (observation, world) throws(Violation) in
    guard case .signing(let signing) = observation else { return }
    guard signing.keyID == world.pool.keyIDs[signing.place] else {
      throw Violation(6, "a token signed with K\(signing.place) names another key")
    }
    guard signing.key.algorithm == world.pool.keys[signing.place].algorithm else {
      throw Violation(6, "a token signed with K\(signing.place) says \(signing.key.algorithm)")
    }
  }

  /// 7. A token's `exp` never passes its key's own end, nor what the ring has reserved for the key.
  static let endsWithItsKey = Invariant(number: 7) { (observation, world) throws(Violation) in
    guard case .signing(let signing) = observation else { return }
    if let end = signing.key.notAfter, signing.expiry > end {
      throw Violation(
        7, "a token expires \(signing.expiry.seconds(since: end)) s after the end of K\(signing.place)")
    }
    if let end = world.durable.key(at: signing.place)?.signsUntil, signing.expiry > end {
      throw Violation(7, "a token expires \(signing.expiry.seconds(since: end)) s after what is reserved")
    }
  }
}
