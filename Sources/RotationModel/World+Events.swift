import JOSECore
import KeyRotation
import SystemSupport

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
    case .confirm: return copy.map { .confirm(keyIDs: $0.published.indices.map { pool.keyIDs[$0] }) }
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
        guard let index = pool.key(for: algorithm, notIn: taken) else { return nil }
        taken.insert(index)
        keys.append(pool.key(index, endingAt: scenario.keysEndAfter.map { clock.secondsSinceEpoch + $0 }))
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

/// Two worlds from which the same can follow have the same fingerprint: times count from now, epochs from the ring's,
/// keys by the order in which they are met, and equal processes are not told apart.
///
/// 64 bits: among ten million states, two that differ coincide with a probability of about one in 400,000.
struct Fingerprint {
  private var state: UInt64 = 0x2545_F491_4F6C_DD1D
  private var names = [UInt8](repeating: 0, count: 64)
  private var met: UInt8 = 0

  mutating func combine(_ value: Int64) {
    state = SplitMix64.mixed(state &+ 0x9E37_79B9_7F4A_7C15 &+ UInt64(bitPattern: value))
  }

  mutating func combine(_ value: Int) { combine(Int64(value)) }

  mutating func combine(key index: Int) {
    if names[index] == 0 {
      met += 1
      names[index] = met
    }
    combine(Int64(names[index]))
  }

  mutating func combine(_ keys: KeySet) {
    var sum: Int64 = 0
    for index in keys.indices { sum |= 1 << Int64(names[index]) }
    combine(sum)
  }

  var value: UInt64 { state }
}

extension World {
  package var fingerprint: UInt64 {
    var print = Fingerprint()
    combine(durable, into: &print)
    if let copy, copy !== durable { combine(copy, into: &print) } else { print.combine(copy == nil ? 1 : 2) }
    combine(promise, into: &print)
    print.combine(relative(cachedUntil))
    print.combine(lastServed == .min ? 1 : now - lastServed)
    for facts in facts { combine(facts, into: &print) }
    // The names of keys are fixed by now, so that processes can be told apart by what they hold alone.
    var prints = processes.map { process in
      var print = print
      combine(process, into: &print)
      return print.value
    }
    prints.sort()
    for value in prints { print.combine(Int64(bitPattern: value)) }
    return print.value
  }

  /// What is over is over, however long ago.
  private func relative(_ time: Int64) -> Int64 { max(time, now) - now }

  private func combine(_ committed: CommittedRing, into print: inout Fingerprint) {
    let ring = committed.ring
    print.combine(durable.ring.epoch - ring.epoch)
    print.combine(scenario.policies.firstIndex(of: ring.policy) ?? -1)
    for value in ring.modelState(since: NumericDate(now)) { print.combine(value) }
    for index in committed.indices { print.combine(key: index) }
    for (index, value) in committed.times.enumerated() {
      let isDate = index % CommittedRing.columns >= 3 && value != .max
      print.combine(isDate ? value - now : value)
    }
  }

  private func combine(_ promise: ClockPromise, into print: inout Fingerprint) {
    print.combine(promise.latest.map { $0 - now } ?? .max)
    print.combine(promise.setBackFrom.map { $0 - now } ?? .max)
    print.combine(promise.policyChange ?? .max)
  }

  private func combine(_ facts: KeyFacts, into print: inout Fingerprint) {
    print.combine(key: facts.index)
    print.combine(durable.ring.epoch - facts.epoch)
    let longest = scenario.policies.map(\.hold).max() ?? 0
    print.combine(relative(facts.lastWithout.adding(longest)))
    print.combine(relative(facts.cachedWithoutUntil))
    print.combine(facts.keptFor)
    print.combine(relative(facts.latestExpiry.adding(scenario.policies[0].leeway)))
    print.combine(facts.wait.map { $0.clock - now } ?? .max)
    print.combine(facts.wait?.offset ?? .max)
    print.combine((facts.isEarly ? 1 : 0) + (facts.isBeyondPromise ? 2 : 0))
    print.combine(facts.endedAt.map { now - $0 } ?? -1)
    print.combine(facts.revokedAt.map { now - $0 } ?? -1)
  }

  private func combine(_ process: Process, into print: inout Fingerprint) {
    print.combine(process.offset)
    print.combine(process.policy * 2 + (process.isConnected ? 1 : 0))
    if let memory = process.memory {
      if memory === durable { print.combine(-1) } else { combine(memory, into: &print) }
      for time in [process.confirmedAt, process.confirmedClock] { print.combine(time - now) }
      let hasGoneBack = process.latestSeen == Freshness.wentBack
      print.combine(hasGoneBack ? .max : process.latestSeen.secondsSinceEpoch - now)
    }
    guard let plan = process.plan else { return print.combine(-2) }
    if plan.base === durable {
      print.combine(-3)
    } else {
      print.combine(durable.ring.epoch - plan.base.ring.epoch)
    }
    combine(plan.result, into: &print)
    print.combine(plan.at - now)
    print.combine(plan.offset)
    if case .confirm = plan.request { print.combine(1) }
    if case .revoke = plan.request { print.combine(2) }
  }
}
