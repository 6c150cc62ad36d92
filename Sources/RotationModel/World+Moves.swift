import JOSECore
import KeyRotation

extension World {
  /// What may happen next, as far as it makes a difference.
  package func moves(_ alphabet: Alphabet, instants: Int = 2) -> [WorldEvent] {
    var moves = interestingInstants(instants).map { WorldEvent.advance($0 - now) }
    for place in processes.indices { moves += self.moves(of: place, alphabet) }
    if alphabet.contains(.exports), durable.ring.policy.publication == .exported, copy !== durable {
      moves.append(.export)
    }
    return moves
  }

  private func moves(of place: Int, _ alphabet: Alphabet) -> [WorldEvent] {
    let process = processes[place]
    guard process.isUp else { return [.restart(place)] }
    var moves: [WorldEvent] = []
    if process.isConnected { moves += steps(of: place, alphabet) }
    if process.isConnected, process.plan != nil { moves.append(.commit(place)) }
    if alphabet.contains(.partitions) {
      moves.append(process.isConnected ? .cutOff(place) : .reconnect(place))
    }
    if alphabet.contains(.crashes) { moves.append(.crash(place)) }
    moves += clocks(alphabet).filter { $0 != process.offset }.map { .setClock(place, $0) }
    if alphabet.contains(.policies) {
      moves += scenario.policies.indices.filter { $0 != process.policy }.map { .setPolicy(place, $0) }
    }
    return moves
  }

  private func steps(of place: Int, _ alphabet: Alphabet) -> [WorldEvent] {
    var moves: [WorldEvent] = [.step(place)]
    if alphabet.contains(.crashes) { moves += [.stepAndCrash(place), .failedWrite(place)] }
    if alphabet.contains(.races), processes[place].plan == nil { moves.append(.plan(place)) }
    if alphabet.contains(.requests) { moves.append(.request(place, .rotate)) }
    if alphabet.contains(.revocations) {
      for slot in scenario.policies[processes[place].policy].algorithms.indices {
        moves += [.request(place, .revokeActive(slot)), .request(place, .revokeStandby(slot))]
      }
    }
    if alphabet.contains(.exports), copy != nil { moves.append(.request(place, .confirm)) }
    return moves
  }

  /// Seconds that a clock may come to be ahead of true time.
  private func clocks(_ alphabet: Alphabet) -> [Int64] {
    guard !alphabet.isDisjoint(with: [.skew, .clocksBack, .clocksForward]) else { return [] }
    var clocks: [Int64] = [0, scenario.skew]
    if alphabet.contains(.clocksBack) { clocks += [-3600, -400 * 86_400] }
    if alphabet.contains(.clocksForward) { clocks += [2 * 86_400, 400 * 86_400] }
    return clocks
  }

  /// The next boundaries and the second before each, and the end of a downtime that outlasts everything.
  private func interestingInstants(_ count: Int) -> [Int64] {
    let boundaries = self.boundaries
    var instants: Set<Int64> = []
    for boundary in boundaries.prefix(count) { instants.formUnion([boundary - 1, boundary]) }
    if count > 2 { instants.formUnion(boundaries.prefix(count).map { $0 + 1 }) }
    instants.insert((boundaries.last ?? now) + durable.ring.policy.propagation)
    return instants.filter { $0 > now }.sorted()
  }

  /// When something becomes possible or due, by any of the clocks.
  private var boundaries: [Int64] {
    let (ring, policy) = (durable.ring, durable.ring.policy)
    var dates: [NumericDate?] = [ring.nextDue(policy)]
    for key in ring.keys {
      dates += [key.maySignFrom(policy), key.removableFrom(policy), key.notAfter]
      dates.append(key.state == .active ? key.activatedAt?.advanced(by: policy.rotationPeriod) : nil)
    }
    var boundaries: Set<Int64> = []
    for offset in Set(processes.map(\.offset)) {
      boundaries.formUnion(dates.compactMap { $0.map { $0.secondsSinceEpoch - offset } })
    }
    for process in processes where !process.isConnected {
      guard let memory = process.memory else { continue }
      boundaries.insert(process.confirmedClock - process.offset + memory.ring.policy.stalenessBound + 1)
    }
    return boundaries.filter { $0 > now }.sorted()
  }
}

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
