import JOSECore
import KeyRotation

extension World {
  /// Everything works and all clocks are right: then each algorithm's key must be replaced in its time. A ring that is
  /// safe because nothing ever happens any more would pass every other check.
  mutating func rest() throws(Violation) {
    for place in processes.indices {
      for event in [WorldEvent.restart(place), .reconnect(place), .setClock(place, 0), .setPolicy(place, 0)] {
        try apply(event)
      }
    }
    let policy = scenario.policies[0]
    let start = now
    let deadline = now + 2 * policy.rotationPeriod + 4 * policy.propagation + 86_400
    while now < deadline, !hasRotated(policy, since: start) {
      try settle()
      let due = durable.ring.nextDue(policy).map { $0.secondsSinceEpoch } ?? deadline
      guard due > now else { throw Violation(0, "a step is due at \(time) and changes nothing") }
      try apply(.advance(min(due, deadline) - now))
    }
    guard hasRotated(policy, since: start) else {
      throw Violation(0, "the ring has not rotated until \(time)")
    }
  }

  /// Steps until nothing is due at this moment.
  private mutating func settle() throws(Violation) {
    for _ in 0..<8 {
      let before = durable
      try apply(.step(0))
      if durable.ring.policy.publication == .exported {
        try apply(.export)
        try apply(.request(0, .confirm))
      }
      if durable === before { return }
    }
    throw Violation(0, "steps at \(time) go on changing the ring")
  }

  private func hasRotated(_ policy: RotationPolicy, since start: Int64) -> Bool {
    policy.algorithms.allSatisfy { algorithm in
      durable.ring.activeKey(for: algorithm)?.activatedAt.map { $0.secondsSinceEpoch > start } ?? false
    }
  }
}
