import JOSECore
import KeyRotation

extension Operation {
  /// A rotator steps in the second in which something is due by its clock.
  var nextStep: Int64 {
    guard awaySince == nil, let due = world.durable.ring.nextDue(policy) else { return .max }
    return max(due.secondsSinceEpoch - world.processes[rotator].offset, notBefore, world.now)
  }

  mutating func step() throws {
    pauseIfSpinning()
    guard notBefore <= world.now else { return }
    let before = world.durable
    if isChangeDue { try cutOffSomebody() }
    switch Int.random(in: 0..<50, using: &random) {
    case 0: try world.apply(.failedWrite(rotator))
    case 1:
      try world.apply(.stepAndCrash(rotator))
      plan(.start(rotator), in: delay(600))
    default: try world.apply(.step(rotator))
    }
    if world.durable === before || !world.processes[rotator].isUp { notBefore = world.now + 30 + delay(60) }
    record()
    if world.durable.published != before.published { planExport() }
  }

  /// A broken step may have something to do for ever.
  private mutating func pauseIfSpinning() {
    stepsAtOnce = lastCommit == world.now ? stepsAtOnce + 1 : 0
    if stepsAtOnce > 8 { (stepsAtOnce, notBefore) = (0, world.now + policy.rotationPeriod / 4) }
  }

  /// Whether the JWKS will change, and not only a reservation be renewed.
  private var isChangeDue: Bool {
    let clock = world.processes[rotator].clock(at: world.now)
    return world.durable.ring.nextPublication(policy).map { $0 <= clock } ?? false
  }

  /// The worst moment: just before a change. Back before R is over, or after.
  private mutating func cutOffSomebody() throws {
    for process in 0..<Self.processes where process != rotator && Bool.random(using: &random) {
      try world.apply(.cutOff(process))
      plan(.reconnect(process), in: delay(3 * policy.stalenessBound))
    }
  }

  private mutating func planExport() {
    guard policy.publication == .exported else { return }
    plan(.export, in: delay(Bool.random(using: &random) ? 60 : 2 * 86_400))
  }
}
