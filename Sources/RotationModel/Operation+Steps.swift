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

extension Operation {
  mutating func perform(_ action: Action) throws {
    switch action {
    case .leave: try leave()
    case .comeBack: try comeBack()
    case .restart: try restart()
    case .start(let process): try world.apply(.restart(process))
    case .cutOff: try cutOff()
    case .reconnect(let process): try world.apply(.reconnect(process))
    case .adjustClock(let process): try adjustClock(process)
    case .jumpBack: try jumpBack()
    case .putRight(let process): try world.apply(.setClock(process, honestOffset()))
    case .changeRotator:
      rotator = anyProcess()
      planAnother(action)
    case .rotate:
      try rotate()
      planAnother(action)
    case .rotateAgain: planEarlyRotation()
    case .rotateEarly: try rotate()
    case .export:
      try world.apply(.export)
      plan(.confirm, in: delay(2 * 86_400))
    case .confirm: try confirm()
    }
  }

  /// For an hour up to four weeks.
  private mutating func leave() throws {
    awaySince = world.now
    try world.apply(.crash(rotator))
    plan(
      .comeBack,
      in: 3600 << Int64.random(in: 0...9, using: &random) + Int64.random(in: 0..<7200, using: &random))
  }

  private mutating func comeBack() throws {
    if let awaySince { history.downtimes.append(awaySince..<world.now) }
    awaySince = nil
    try world.apply(.restart(rotator))
    planAnother(.leave)
  }

  private mutating func restart() throws {
    let process = anyProcess()
    if world.processes[process].isUp {
      try world.apply(.crash(process))
      plan(.start(process), in: delay(3600))
    }
    planAnother(.restart(0))
  }

  private mutating func cutOff() throws {
    let process = anyProcess()
    try world.apply(.cutOff(process))
    plan(.reconnect(process), in: delay(86_400))
    planAnother(.cutOff(0))
  }

  private mutating func adjustClock(_ process: Int) throws {
    // One that has jumped back is put right by itself.
    if world.processes[process].offset >= 0 { try world.apply(.setClock(process, honestOffset())) }
    planAnother(.adjustClock(process))
  }

  /// By an operator. Half of them do it again in the very second in which it is allowed.
  private mutating func rotate() throws {
    guard awaySince == nil else { return }
    try world.apply(.request(rotator, .rotate))
    if Bool.random(using: &random) { plan(.rotateAgain, in: 60) }
  }

  private mutating func planEarlyRotation() {
    let dates = policy.algorithms.map { world.durable.ring.standby(for: $0)?.maySignFrom(policy) }
    guard let earliest = dates.compactMap(\.self).max(), !dates.contains(nil) else { return }
    let clock = world.processes[rotator].clock(at: world.now)
    plan(.rotateEarly, in: max(0, earliest.seconds(since: clock)))
  }

  /// Further than to before the latest commit, and put right before that time has come again: so the ring can tell if
  /// anything was written meanwhile. Where it can't, nothing is promised (`ClockPromise`, 3).
  private mutating func jumpBack() throws {
    let further = Int64.random(in: 3600...(3 * 86_400), using: &random)
    let back = world.now - lastCommit + 2 * policy.clockSkew + further
    if awaySince == nil, world.processes[rotator].isUp {
      try world.apply(.setClock(rotator, -back))
      plan(.putRight(rotator), in: delay(further))
    }
    planAnother(.jumpBack)
  }

  private mutating func confirm() throws {
    guard awaySince == nil, world.processes[rotator].isUp else { return plan(.confirm, in: delay(86_400)) }
    let before = world.durable
    try world.apply(.request(rotator, .confirm))
    // A step that confirms also does what else is due, and that has to be exported too.
    if world.durable.published != before.published { plan(.export, in: delay(86_400)) }
  }

  /// True time is that of the slowest honest clock, as in `ClockPromise`.
  private mutating func honestOffset() -> Int64 { Int64.random(in: 0...policy.clockSkew, using: &random) }

  private mutating func anyProcess() -> Int { Int.random(in: 0..<Self.processes, using: &random) }
}
