import JOSECore
import KeyRotation

extension World {
  /// Lets an event happen and checks every invariant.
  package mutating func apply(_ event: WorldEvent) throws(Violation) {
    switch event {
    case .advance(let seconds): return try pass(until: now + seconds)
    case .step(let process): try step(process, nil)
    case .request(let process, let wish): try request(process, wish)
    case .stepAndCrash(let process): try step(process, nil, survives: false)
    case .failedWrite(let process): failToWrite(process)
    case .plan(let process): change(process) { [plan = plan(process, nil)] in $0.plan = plan }
    case .commit(let process): try commit(process)
    case .crash(let process): change(process) { $0.stop() }
    case .restart(let process): restart(process)
    case .cutOff(let process): change(process) { $0.isConnected = !$0.isUp }
    case .reconnect(let process): change(process) { $0.isConnected = true }
    case .setClock(let process, let offset): change(process) { $0.offset = offset }
    case .setPolicy(let process, let policy): change(process) { $0.policy = policy }
    case .export: export()
    }
    try observe()
  }

  private func policy(_ process: Int) -> RotationPolicy { scenario.policies[processes[process].policy] }

  private mutating func restart(_ process: Int) {
    guard !processes[process].isUp else { return }
    change(process) { [durable, now] in $0.confirm(durable, at: now) }
  }

  private mutating func step(_ process: Int, _ request: RotationRequest?, survives: Bool = true)
    throws(Violation)
  {
    guard processes[process].isUp, processes[process].isConnected, let plan = plan(process, request) else {
      return
    }
    if !rules.isDurableFirst { change(process) { [now] in $0.confirm(plan.result, at: now) } }
    try write(plan, by: process, survives: survives)
  }

  private mutating func request(_ process: Int, _ wish: WorldEvent.Wish) throws(Violation) {
    guard let request = request(wish, policy(process)) else { return }
    try step(process, request)
  }

  private func request(_ wish: WorldEvent.Wish, _ policy: RotationPolicy) -> RotationRequest? {
    func algorithm(_ slot: Int) -> Int? { policy.algorithms.indices.contains(slot) ? slot : nil }
    let key: RingKey?
    switch wish {
    case .rotate: return .rotate([])
    case .confirm: return copy.map { .confirm(keyIDs: $0.published.places.map { pool.keyIDs[$0] }) }
    case .revokeActive(let slot):
      key =
        algorithm(slot).flatMap { durable.ring.activeKey(for: policy.algorithms[$0]) }
        ?? durable.ring.keys(.active).first
    case .revokeStandby(let slot):
      key = algorithm(slot).flatMap { durable.ring.standby(for: policy.algorithms[$0]) }
    }
    return key.map { .revoke(keyID: $0.keyID, reason: "the model says so") }
  }

  private mutating func failToWrite(_ process: Int) {
    guard processes[process].isUp, processes[process].isConnected, let plan = plan(process, nil) else {
      return
    }
    if !rules.isDurableFirst { change(process) { [now] in $0.confirm(plan.result, at: now) } }
  }

  /// As `KeyRingStore.step` does: without new keys at first, with those that are missing then.
  private func plan(_ process: Int, _ request: RotationRequest?) -> Plan? {
    guard processes[process].isUp, processes[process].isConnected else { return nil }
    let (policy, clock, base) = (policy(process), processes[process].clock(at: now), durable)
    guard var step = try? rules.step(base.ring, policy, at: clock, request, newKeys: []) else { return nil }
    if !step.missing.isEmpty {
      var (keys, taken): ([NewKey], KeySet) = ([], self.taken)
      for algorithm in step.missing {
        guard let place = pool.key(for: algorithm, notIn: taken) else { return nil }
        taken.insert(place)
        keys.append(pool.key(place, endingAt: scenario.keysEndAfter.map { clock.secondsSinceEpoch + $0 }))
      }
      guard let complete = try? rules.step(base.ring, policy, at: clock, request, newKeys: keys) else {
        return nil
      }
      step = complete
    }
    guard step.ring.epoch != base.ring.epoch else { return nil }
    return Plan(
      base: base, result: CommittedRing(step.ring, pool), events: step.events, request: request, at: now,
      clock: clock.secondsSinceEpoch, offset: processes[process].offset, copy: copy?.published)
  }

  /// Compare-and-swap: the loser of a race starts over from what the winner left.
  private mutating func commit(_ process: Int) throws(Violation) {
    guard let plan = processes[process].plan, processes[process].isConnected else { return }
    change(process) { $0.plan = nil }
    if rules.takes(expected: plan.base.ring.epoch, found: durable.ring.epoch) {
      try write(plan, by: process, survives: true)
    } else {
      try step(process, plan.request)
    }
  }
}
