import JOSECore
import KeyRotation
import SystemSupport

/// Something that happens in the modelled world. What can't happen in a state is passed over there, so a history stays
/// one when events are taken out of it. Numbers name processes.
package enum WorldEvent: Hashable, Sendable {
  /// Time passes, in seconds. All the while, every process that may sign signs, and every one that may serve serves.
  case advance(Int64)
  /// Takes a step if one is due, writes it and uses it.
  case step(Int)
  case request(Int, Wish)
  /// The step becomes durable and its writer dies before it notices.
  case stepAndCrash(Int)
  /// The store can't write.
  case failedWrite(Int)
  /// Works a step out, to write it later: meanwhile others may write, or the process may stand still.
  case plan(Int)
  case commit(Int)
  case crash(Int)
  case restart(Int)
  /// From the store, not from its users: it serves and would sign on.
  case cutOff(Int)
  case reconnect(Int)
  /// The clock jumps: seconds that it is ahead of true time now.
  case setClock(Int, Int64)
  /// The process is started anew with another policy: the number of one in the scenario.
  case setPolicy(Int, Int)
  /// The ring's JWKS is copied to the static host.
  case export

  /// What an operator asks of a step.
  package enum Wish: Hashable, Sendable {
    case rotate
    /// Of an algorithm of the policy, by its place.
    case revokeActive(Int)
    case revokeStandby(Int)
    /// Fetches the public copy and tells the ring what it holds.
    case confirm
  }
}

extension WorldEvent: CustomStringConvertible {
  package var description: String {
    switch self {
    case .advance(let seconds): "\(DurationFormat.text(seconds, units: .max)) pass"
    case .step(let process): "\(name(process)) steps"
    case .request(let process, .rotate): "\(name(process)) is asked to rotate"
    case .request(let process, .revokeActive(let slot)):
      "\(name(process)) revokes the active key (algorithm \(slot))"
    case .request(let process, .revokeStandby(let slot)):
      "\(name(process)) revokes the standby (algorithm \(slot))"
    case .request(let process, .confirm): "\(name(process)) confirms the public copy"
    case .stepAndCrash(let process): "\(name(process)) steps and dies after the commit"
    case .failedWrite(let process): "\(name(process)) steps, and the write fails"
    case .plan(let process): "\(name(process)) works out a step"
    case .commit(let process): "\(name(process)) writes the step it has worked out"
    case .crash(let process): "\(name(process)) dies"
    case .restart(let process): "\(name(process)) starts"
    case .cutOff(let process): "\(name(process)) loses its store"
    case .reconnect(let process): "\(name(process)) finds its store again"
    case .setClock(let process, let offset):
      "the clock of \(name(process)) jumps to \(offset < 0 ? "-" : "+")\(DurationFormat.text(abs(offset), units: .max)) off true time"
    case .setPolicy(let process, let policy): "\(name(process)) gets policy \(policy)"
    case .export: "the JWKS is exported"
    }
  }

  private func name(_ process: Int) -> String { "process \(process)" }
}

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
