import JOSECore
import KeyRotation
import SystemSupport

/// A ring in operation over years, under the real step: three processes, a rotator that is away for weeks at times, and
/// what else happens to them, all at random from a seed. The modelled world checks every invariant meanwhile.
///
/// Everything is within the promise, so nothing may go wrong: clocks are off by no more than S, but for one that jumps back.
/// Revocations are left out; they break tokens on purpose.
struct Operation {
  static let processes = 3

  let policy: RotationPolicy
  let end: Int64
  var world: World
  var history: History
  var random: SplitMix64
  private(set) var agenda: [(time: Int64, action: Action)] = []
  /// Who takes the steps, while it isn't away.
  var rotator = 0
  var awaySince: Int64?
  /// A writer whose step came to nothing tries again after this.
  var notBefore: Int64 = .min
  var lastCommit = Scenario.start
  var stepsAtOnce = 0
  private var recorder = Recorder()

  enum Action {
    case leave, comeBack
    case restart(Int)
    case start(Int)
    case cutOff(Int)
    case reconnect(Int)
    case adjustClock(Int)
    case jumpBack
    case putRight(Int)
    case changeRotator, rotate, rotateAgain, rotateEarly, export, confirm
  }

  init(_ policy: RotationPolicy, duration: Int64, seed: UInt64, _ rules: any RingRules) throws {
    var scenario = Scenario("simulation", policies: [policy])
    (scenario.processes, scenario.goesOn) = (Self.processes, true)
    self.policy = policy
    end = Scenario.start + duration
    random = SplitMix64(seed: seed)
    world = try World(scenario, KeyPool(for: policy.algorithms), rules)
    history = History(
      start: Scenario.start, end: end, lifetime: policy.tokenLifetime, slots: policy.algorithms.count,
      processes: Self.processes)
    for process in 0..<Self.processes { plan(.adjustClock(process), in: 0) }
    for action in [Action.leave, .restart(0), .cutOff(0), .jumpBack, .changeRotator, .rotate] {
      planAnother(action)
    }
  }

  mutating func run(_ progress: (Double) -> Void) throws -> History {
    record()
    var told = 0
    while world.now < end {
      let next = min(nextStep, agenda.last?.time ?? end, end)
      if next > world.now { try world.apply(.advance(next - world.now)) }
      record()
      while let due = agenda.last, due.time <= world.now {
        agenda.removeLast()
        try perform(due.action)
        record()
      }
      if nextStep <= world.now, world.now < end { try step() }
      let hundredths = Int((world.now - Scenario.start) * 100 / max(1, end - Scenario.start))
      if hundredths > told { progress(Double(hundredths) / 100) }
      told = hundredths
    }
    if let awaySince { history.downtimes.append(awaySince..<end) }
    return history
  }
}

extension Operation {
  mutating func record() {
    if recorder.record(world, &history) { lastCommit = world.now }
  }
}

// MARK: - Agenda

extension Operation {
  mutating func plan(_ action: Action, in seconds: Int64) {
    let time = world.now + seconds
    // Latest first, so that the next one is taken from the end.
    let index = agenda.firstIndex { $0.time <= time } ?? agenda.count
    agenda.insert((time, action), at: index)
  }

  /// Between a second and a bound, small delays as often as large ones of their kind.
  mutating func delay(_ bound: Int64) -> Int64 {
    var bound = max(1, bound)
    for _ in 0..<Int.random(in: 0..<3, using: &random) { bound = max(1, bound / 16) }
    return Int64.random(in: 1...bound, using: &random)
  }

  /// What comes again and again.
  mutating func planAnother(_ action: Action) {
    let days: Int64
    switch action {
    case .leave, .jumpBack: days = 120
    case .restart, .cutOff, .adjustClock: days = 20
    case .rotate: days = 360
    default: days = 60
    }
    plan(action, in: Int64.random(in: 1...(days * 86_400), using: &random))
  }
}
