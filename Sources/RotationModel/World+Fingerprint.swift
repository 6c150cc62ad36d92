import JOSECore
import KeyRotation
import SystemSupport

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

  mutating func combine(key place: Int) {
    if names[place] == 0 {
      met += 1
      names[place] = met
    }
    combine(Int64(names[place]))
  }

  mutating func combine(_ keys: KeySet) {
    var sum: Int64 = 0
    for place in keys.places { sum |= 1 << Int64(names[place]) }
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
    for place in committed.places { print.combine(key: place) }
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
    print.combine(key: facts.place)
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
