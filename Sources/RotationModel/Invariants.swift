import JOSECore
import KeyRotation

/// What the checkers get to see of the world.
enum Observation {
  case commit(Commit)
  case signing(Signing)
  case serving(Serving)
  case memory(process: Int, Process)

  struct Commit {
    let process: Int
    /// What the store held the moment before.
    let before: CommittedRing
    let after: CommittedRing
    let plan: Plan
  }

  struct Signing {
    let process: Int
    let memory: CommittedRing
    let active: ActiveKey
    let confirmedAt: Int64
    let clock: NumericDate
    /// What the token says.
    let keyID: String
    let expiry: NumericDate
    /// Expired for every verifier when it is signed: the signer's clock is far behind.
    let isDead: Bool

    var key: RingKey { active.key }
    var index: Int { active.index }
  }

  struct Serving {
    /// `nil` for the static host.
    let process: Int?
    let ring: CommittedRing
  }
}

/// An invariant and the function that checks it against one observation.
struct Invariant: Sendable {
  let number: Int
  let check: @Sendable (Observation, borrowing World) throws(Violation) -> Void

  static let all: [Invariant] = [
    knownBeforeItSigns, keptWhileNeeded, alwaysActive, durableFirst, oneWriterWins, nameFitsKey,
    endsWithItsKey,
    revokedAtOnce, signsWhileConfirmed,
  ]
}

extension Invariant {
  /// 1. Every JWKS that could still be cached anywhere when a token is signed holds its key, and so does every one that is
  /// served until the token is expired for everyone.
  static let knownBeforeItSigns = Invariant(number: 1) { (observation, world) throws(Violation) in
    switch observation {
    case .signing(let signing):
      guard let facts = world.facts(signing.index), !facts.isBeyondPromise, !facts.isEarly else { return }
      if signing.isDead { return }  // nobody asks for its key
      if facts.revokedAt != nil { return }  // told as exposure; how long it may sign on is invariant 9's
      let free = max(facts.cachedWithoutUntil, facts.lastWithout.adding(facts.keptFor))
      guard world.now < free else { return }
      throw Violation(
        1,
        "K\(signing.index) signs at \(world.time), and until \(world.time(free)) verifiers may hold a JWKS without it"
      )
    case .serving(let serving):
      for facts in world.facts where !serving.ring.published.contains(facts.index) {
        guard facts.revokedAt == nil, !facts.isBeyondPromise else { continue }
        // A revocation's next key is told as not known everywhere; processes that lag or are not exported yet are a part of that.
        if facts.isEarly, serving.ring.ring.epoch < facts.epoch { continue }
        guard world.now < facts.latestExpiry.adding(world.durable.ring.policy.leeway) else { continue }
        throw Violation(
          1,
          "a JWKS without K\(facts.index) is served at \(world.time), whose tokens live until "
            + world.time(facts.latestExpiry))
      }
    default: return
    }
  }

  /// 2. A key leaves the JWKS only after the latest `exp` that was signed with it is past for every verifier.
  static let keptWhileNeeded = Invariant(number: 2) { (observation, world) throws(Violation) in
    guard case .commit(let commit) = observation, commit.plan.offset <= world.scenario.skew else { return }
    for facts in world.facts where facts.revokedAt == nil && commit.before.published.contains(facts.index) {
      guard !commit.after.published.contains(facts.index) else { continue }
      if commit.after.state(at: facts.index) == .revoked { continue }
      guard world.now < facts.latestExpiry.adding(commit.after.ring.policy.leeway) else { continue }
      throw Violation(
        2,
        "K\(facts.index) is removed at \(world.time), and tokens of it live until \(world.time(facts.latestExpiry))"
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
    guard signing.keyID == world.pool.keyIDs[signing.index] else {
      throw Violation(6, "a token signed with K\(signing.index) names another key")
    }
    guard signing.key.algorithm == world.pool.keys[signing.index].algorithm else {
      throw Violation(6, "a token signed with K\(signing.index) says \(signing.key.algorithm)")
    }
  }

  /// 7. A token's `exp` never passes its key's own end, nor what the ring has reserved for the key.
  static let endsWithItsKey = Invariant(number: 7) { (observation, world) throws(Violation) in
    guard case .signing(let signing) = observation else { return }
    if let end = signing.key.notAfter, signing.expiry > end {
      throw Violation(
        7, "a token expires \(signing.expiry.seconds(since: end)) s after the end of K\(signing.index)")
    }
    if let end = world.durable.key(at: signing.index)?.signsUntil, signing.expiry > end {
      throw Violation(7, "a token expires \(signing.expiry.seconds(since: end)) s after what is reserved")
    }
  }
}

extension Invariant {
  /// 4. Nothing takes effect in memory before it is durable.
  static let durableFirst = Invariant(number: 4) { (observation, world) throws(Violation) in
    guard case .memory(let process, let state) = observation, let memory = state.memory else { return }
    guard memory.ring.epoch <= world.durable.ring.epoch else {
      throw Violation(4, "process \(process) uses epoch \(memory.ring.epoch), which is not in the store")
    }
    guard memory === world.durable || memory.ring.epoch < world.durable.ring.epoch else {
      throw Violation(4, "process \(process) uses an epoch \(memory.ring.epoch) that is not the store's")
    }
  }

  /// 5. Epochs only grow, and a step is written only over the ring it was made from.
  static let oneWriterWins = Invariant(number: 5) { (observation, world) throws(Violation) in
    guard case .commit(let commit) = observation else { return }
    guard commit.after.ring.epoch > commit.before.ring.epoch else {
      throw Violation(5, "epoch \(commit.after.ring.epoch) follows epoch \(commit.before.ring.epoch)")
    }
    guard commit.plan.base === commit.before else {
      throw Violation(
        5,
        "process \(commit.process) overwrites epoch \(commit.before.ring.epoch) with a step made from epoch "
          + "\(commit.plan.base.ring.epoch)")
    }
  }

  /// 8. Revoking takes a key out of the JWKS at once and has the standby sign. No process serves it for longer
  /// than the exposure that is told.
  static let revokedAtOnce = Invariant(number: 8) { (observation, world) throws(Violation) in
    switch observation {
    case .commit(let commit):
      for facts in world.facts where facts.revokedAt != nil && commit.after.published.contains(facts.index) {
        throw Violation(8, "K\(facts.index) is revoked and in the JWKS of epoch \(commit.after.ring.epoch)")
      }
      try checkRevocation(commit)
    case .serving(let serving):
      guard let process = serving.process else { return }  // how late an export is, only its operator knows
      let bound = serving.ring.ring.policy.stalenessBound + world.scenario.skew
      for facts in world.facts where serving.ring.published.contains(facts.index) {
        guard let revokedAt = facts.revokedAt, world.now > revokedAt + bound else { continue }
        throw Violation(
          8, "process \(process) serves K\(facts.index) \(world.now - revokedAt) s after its revocation")
      }
    default: return
    }
  }

  private static func checkRevocation(_ commit: Observation.Commit) throws(Violation) {
    guard case .revoke(let keyID, _) = commit.plan.request, let key = commit.before.ring[keyID] else {
      return
    }
    guard commit.after.ring[keyID].map({ $0.state == .revoked }) ?? true else {
      throw Violation(8, "a revoked key is \(commit.after.ring[keyID]?.state.rawValue ?? "")")
    }
    guard key.state == .active, let standby = commit.plan.base.ring.standby(for: key.algorithm) else {
      return
    }
    guard commit.after.ring.policy.algorithms.contains(key.algorithm) else { return }
    guard commit.after.ring.activeKey(for: key.algorithm)?.keyID == standby.keyID else {
      throw Violation(8, "after the revocation of the active key the standby does not sign")
    }
  }

  /// 9. A process signs only while it has confirmed its snapshot within R, as far as its clock can measure that, and so
  /// with no key that has ended longer ago.
  static let signsWhileConfirmed = Invariant(number: 9) { (observation, world) throws(Violation) in
    guard case .signing(let signing) = observation else { return }
    let bound = signing.memory.ring.policy.stalenessBound + world.scenario.skew
    guard world.now <= signing.confirmedAt + bound else {
      throw Violation(
        9,
        "process \(signing.process) signs \(world.now - signing.confirmedAt) s after it last heard from its store"
      )
    }
    guard let facts = world.facts(signing.index) else {
      if signing.isDead { return }
      throw Violation(9, "process \(signing.process) signs with a key that the ring has forgotten")
    }
    guard let endedAt = facts.endedAt, world.now > endedAt + bound else { return }
    throw Violation(
      9, "process \(signing.process) signs with K\(signing.index) \(world.now - endedAt) s after that ended")
  }
}
