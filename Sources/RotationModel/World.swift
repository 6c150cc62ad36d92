import JOSECore
import KeyRotation
import SystemSupport

/// The modelled world: a durable ring, the processes that share it, what they served, and what verifiers may hold.
///
/// Signing and serving change nothing that others see, so they are no events: every process that may do so does it all the
/// time, with the longest lifetime that is allowed. Nor are single verifiers modelled: at any moment there is one that holds whatever the
/// slowest of them could hold. Both are the worst that can happen.
package struct World: Sendable {
  private let setting: Setting
  /// True time.
  package private(set) var now = Scenario.start
  package private(set) var durable: CommittedRing
  package private(set) var processes: [Process]
  private(set) var facts: [KeyFacts] = []
  /// What the static host serves.
  package private(set) var copy: CommittedRing?
  var promise: ClockPromise
  /// When a JWKS was last handed out, and until when one that was may be in use.
  private(set) var lastServed: Int64 = .min
  private(set) var cachedUntil: Int64 = .min
  /// What a scenario that goes on has put up with; no more than a hundred.
  private(set) var violations: [Violation] = []

  package init(_ scenario: Scenario, _ pool: KeyPool, _ rules: any RingRules = CurrentRules()) throws {
    setting = Setting(scenario, rules, pool)
    promise = ClockPromise(skew: scenario.skew)
    let policy = scenario.policies[0]
    durable = CommittedRing(try Self.firstRing(scenario, policy, pool), pool)
    processes = Array(repeating: Process(), count: scenario.processes)
    copy = policy.publication == .exported ? durable : nil
    if scenario.isImported { (lastServed, cachedUntil) = (now, now + policy.hold) }
    for key in durable.ring.keys { addFacts(key, isNew: !key.isOriginal) }
    for index in processes.indices { processes[index].confirm(durable, at: now) }
    _ = promise.note(now)
    try observe()
    for event in scenario.prologue { try apply(event) }
  }

  private static func firstRing(
    _ scenario: Scenario, _ policy: RotationPolicy, _ pool: KeyPool
  ) throws -> KeyRingState {
    var (keys, taken): ([NewKey], KeySet) = ([], KeySet())
    for algorithm in policy.algorithms + policy.algorithms {
      guard let index = pool.key(for: algorithm, notIn: taken) else { continue }
      taken.insert(index)
      let end = (keys.isEmpty ? scenario.firstKeyEnds : nil) ?? scenario.keysEndAfter
      keys.append(pool.key(index, endingAt: end.map { Scenario.start + $0 }))
    }
    let imported = scenario.isImported ? try keys[0].publicKey.thumbprint() : nil
    return try KeyRingState.new(keys, imported: imported, policy: policy, at: NumericDate(Scenario.start))
      .ring
  }
}

/// What stays the same; a class, for worlds are copied all the time.
private final class Setting: Sendable {
  let scenario: Scenario
  let rules: any RingRules
  let pool: KeyPool

  init(_ scenario: Scenario, _ rules: any RingRules, _ pool: KeyPool) {
    (self.scenario, self.rules, self.pool) = (scenario, rules, pool)
  }
}

extension World {
  package var scenario: Scenario { setting.scenario }
  var rules: any RingRules { setting.rules }
  var pool: KeyPool { setting.pool }

  /// Times as a history tells them: since its start.
  func time(_ time: Int64) -> String {
    let passed = time - Scenario.start
    return (passed < 0 ? "-" : "+") + DurationFormat.text(abs(passed), units: .max)
  }

  var time: String { time(now) }
}

// MARK: - Facts

extension World {
  func facts(_ index: Int) -> KeyFacts? { facts.first { $0.index == index } }

  private mutating func addFacts(_ key: RingKey, isNew: Bool) {
    guard let index = pool.index(of: key.keyID) else { return }
    var new = KeyFacts(index: index, epoch: durable.ring.epoch)
    if isNew { (new.lastWithout, new.cachedWithoutUntil) = (lastServed, cachedUntil) }
    facts.append(new)
  }

  /// Forgets keys that nobody can come across any more, so that they can be used again.
  private mutating func forget() {
    var known = durable.all
    if let copy { known.formUnion(copy.all) }
    for process in processes {
      if let memory = process.memory { known.formUnion(memory.all) }
      if let plan = process.plan { known.formUnion(plan.result.all) }
    }
    let leeway = scenario.policies.map(\.leeway).max() ?? 0
    facts.removeAll { facts in
      !known.contains(facts.index) && (facts.revokedAt != nil || facts.latestExpiry.adding(leeway) <= now)
    }
  }

  var taken: KeySet {
    var taken = KeySet()
    for facts in facts { taken.insert(facts.index) }
    for process in processes { if let plan = process.plan { taken.formUnion(plan.result.all) } }
    return taken
  }
}

// MARK: - Observing

extension World {
  private mutating func check(_ observation: Observation) throws(Violation) {
    for invariant in Invariant.all {
      do throws(Violation) { try invariant.check(observation, self) } catch {
        guard scenario.goesOn else { throw error }
        if violations.count < 100 { violations.append(error) }
      }
    }
  }

  /// Everything that happens at this moment by itself.
  mutating func observe() throws(Violation) {
    for index in processes.indices where processes[index].isUp {
      if processes[index].isConnected, !isAhead(processes[index]) {
        processes[index].confirm(durable, at: now)
      }
      processes[index].see(now)
      try check(.memory(process: index, processes[index]))
    }
    try serve()
    try sign()
  }

  /// Broken rules may let a process run ahead of its store.
  private func isAhead(_ process: Process) -> Bool {
    process.memory.map { $0.ring.epoch > durable.ring.epoch } ?? false
  }

  private mutating func serve() throws(Violation) {
    for index in processes.indices {
      guard let memory = processes[index].memory, memory.ring.policy.publication == .served else { continue }
      guard rules.isFresh(processes[index].freshness(memory), at: processes[index].clock(at: now)) else {
        continue
      }
      try serve(memory, by: index, clock: processes[index].clock(at: now))
    }
    if let copy, durable.ring.policy.publication == .exported {
      try serve(copy, by: nil, clock: NumericDate(now))
    }
  }

  private mutating func serve(
    _ ring: CommittedRing, by process: Int?, clock: NumericDate
  ) throws(Violation) {
    let until = now + ring.ring.policy.hold(maxAge: rules.maxAge(ring.cacheLifetime, at: clock))
    (lastServed, cachedUntil) = (now, max(cachedUntil, until))
    for index in facts.indices where !ring.published.contains(facts[index].index) {
      facts[index].lastWithout = now
      facts[index].cachedWithoutUntil = max(facts[index].cachedWithoutUntil, until)
    }
    try check(.serving(.init(process: process, ring: ring)))
  }

  private mutating func sign() throws(Violation) {
    for index in processes.indices {
      guard let memory = processes[index].memory else { continue }
      let clock = processes[index].clock(at: now)
      guard rules.isFresh(processes[index].freshness(memory), at: clock) else { continue }
      for active in memory.active {
        guard let expiry = latestExpiry(active.key, memory.ring.policy, clock) else { continue }
        try check(
          .signing(
            .init(
              process: index, memory: memory, active: active,
              confirmedAt: processes[index].confirmedAt, clock: clock,
              keyID: rules.keyID(signing: active.key, in: memory.ring), expiry: expiry,
              isDead: expiry.secondsSinceEpoch + memory.ring.policy.leeway <= now)))
        if let fact = facts.firstIndex(where: { $0.index == active.index }) {
          facts[fact].latestExpiry = max(facts[fact].latestExpiry, expiry.secondsSinceEpoch)
        }
      }
    }
  }

  /// The latest that a token signed now can get, where a shorter lifetime may pass if the full one doesn't.
  private func latestExpiry(_ key: RingKey, _ policy: RotationPolicy, _ clock: NumericDate) -> NumericDate? {
    let wanted = clock.advanced(by: policy.tokenLifetime)
    if let expiry = try? rules.expiry(key, wanted: wanted, at: clock) { return expiry }
    return key.signsUntil.flatMap { try? rules.expiry(key, wanted: min(wanted, $0), at: clock) }
  }
}

// MARK: - Changing

extension World {
  /// Time passes up to `end`, past every moment at which somebody gains or loses the right to sign or serve.
  mutating func pass(until end: Int64) throws(Violation) {
    var moments = [end]
    for process in processes where !process.isConnected {
      guard let memory = process.memory else { continue }
      let last = process.confirmedClock - process.offset + memory.ring.policy.stalenessBound
      moments += [last, last + 1]
    }
    for moment in moments.sorted() where moment > now && moment <= end {
      now = moment
      try observe()
    }
    forget()
  }

  mutating func change(_ process: Int, _ change: (inout Process) -> Void) { change(&processes[process]) }

  mutating func export() { copy = durable }

  /// Makes a plan durable; its writer uses it if it `survives`.
  mutating func write(_ plan: Plan, by process: Int, survives: Bool) throws(Violation) {
    let before = durable
    try check(.commit(.init(process: process, before: before, after: plan.result, plan: plan)))
    if before.ring.policy.publication == .served, plan.result.ring.policy.publication == .exported {
      copy = before  // who moves to a static host exports first
    }
    durable = plan.result
    for key in durable.ring.keys where facts(pool.index(of: key.keyID) ?? 0) == nil {
      addFacts(key, isNew: true)
    }
    // Processes that have not heard yet still serve the previous set.
    try serve()
    note(plan, before)
    if survives { processes[process].confirm(durable, at: now) } else { processes[process].stop() }
    forget()
  }

  private mutating func note(_ plan: Plan, _ before: CommittedRing) {
    if plan.base.ring.policy != plan.result.ring.policy {
      promise.policyChange = min(promise.policyChange ?? plan.offset, plan.offset)
    }
    let verdict = promise.note(plan.clock)
    if verdict == .putRight, promise.policyChange != nil { promise.policyChange = plan.offset }
    for index in facts.indices {
      facts[index].note(plan, verdict, promise)
      facts[index].noteEnd(before, durable, at: now)
    }
  }
}
