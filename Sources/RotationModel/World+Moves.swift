import JOSECore
import KeyRotation

extension World {
  /// What may happen next, as far as it makes a difference.
  package func moves(_ alphabet: Alphabet, instants: Int = 2) -> [WorldEvent] {
    var moves = interestingInstants(instants).map { WorldEvent.advance($0 - now) }
    for index in processes.indices { moves += self.moves(of: index, alphabet) }
    if alphabet.contains(.exports), durable.ring.policy.publication == .exported, copy !== durable {
      moves.append(.export)
    }
    return moves
  }

  private func moves(of index: Int, _ alphabet: Alphabet) -> [WorldEvent] {
    let process = processes[index]
    guard process.isUp else { return [.restart(index)] }
    var moves: [WorldEvent] = []
    if process.isConnected { moves += steps(of: index, alphabet) }
    if process.isConnected, process.plan != nil { moves.append(.commit(index)) }
    if alphabet.contains(.partitions) {
      moves.append(process.isConnected ? .cutOff(index) : .reconnect(index))
    }
    if alphabet.contains(.crashes) { moves.append(.crash(index)) }
    moves += clocks(alphabet).filter { $0 != process.offset }.map { .setClock(index, $0) }
    if alphabet.contains(.policies) {
      moves += scenario.policies.indices.filter { $0 != process.policy }.map { .setPolicy(index, $0) }
    }
    return moves
  }

  private func steps(of index: Int, _ alphabet: Alphabet) -> [WorldEvent] {
    var moves: [WorldEvent] = [.step(index)]
    if alphabet.contains(.crashes) { moves += [.stepAndCrash(index), .failedWrite(index)] }
    if alphabet.contains(.races), processes[index].plan == nil { moves.append(.plan(index)) }
    if alphabet.contains(.requests) { moves.append(.request(index, .rotate)) }
    if alphabet.contains(.revocations) {
      for slot in scenario.policies[processes[index].policy].algorithms.indices {
        moves += [.request(index, .revokeActive(slot)), .request(index, .revokeStandby(slot))]
      }
    }
    if alphabet.contains(.exports), copy != nil { moves.append(.request(index, .confirm)) }
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
    for index in processes.indices {
      for event in [WorldEvent.restart(index), .reconnect(index), .setClock(index, 0), .setPolicy(index, 0)] {
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
