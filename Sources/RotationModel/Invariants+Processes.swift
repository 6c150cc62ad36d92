import JOSECore
import KeyRotation

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

  /// 8. Revoking takes a key out of the JWKS at once and has the standby sign; who serves it still, does so no longer than
  /// the exposure that is told.
  static let revokedAtOnce = Invariant(number: 8) { (observation, world) throws(Violation) in
    switch observation {
    case .commit(let commit):
      for facts in world.facts where facts.revokedAt != nil && commit.after.published.contains(facts.place) {
        throw Violation(8, "K\(facts.place) is revoked and in the JWKS of epoch \(commit.after.ring.epoch)")
      }
      try checkRevocation(commit)
    case .serving(let serving):
      guard let process = serving.process else { return }  // how late an export is, only its operator knows
      let bound = serving.ring.ring.policy.stalenessBound + world.scenario.skew
      for facts in world.facts where serving.ring.published.contains(facts.place) {
        guard let revokedAt = facts.revokedAt, world.now > revokedAt + bound else { continue }
        throw Violation(
          8, "process \(process) serves K\(facts.place) \(world.now - revokedAt) s after its revocation")
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
    guard let facts = world.facts(signing.place) else {
      if signing.isDead { return }
      throw Violation(9, "process \(signing.process) signs with a key that the ring has forgotten")
    }
    guard let endedAt = facts.endedAt, world.now > endedAt + bound else { return }
    throw Violation(
      9, "process \(signing.process) signs with K\(signing.place) \(world.now - endedAt) s after that ended")
  }
}
