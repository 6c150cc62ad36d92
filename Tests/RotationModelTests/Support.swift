import JOSECore
import Testing

@testable import KeyRotation
@testable import RotationModel

enum Model {
  private static let made = Result { () throws in try KeyPool() }

  static func pool() throws -> KeyPool { try made.get() }

  /// One of the scenarios that the search covers.
  static func scenario(_ name: String) throws -> Scenario {
    try #require(Scenario.standard().first { $0.scenario.name == name }?.scenario)
  }

  static func search(
    _ name: String, after events: [WorldEvent] = [], _ alphabet: Alphabet, _ rules: any RingRules, depth: Int
  ) throws -> FailedHistory? {
    var scenario = try scenario(name)
    scenario.prologue += events
    return try ExhaustiveSearch(scenario, alphabet, rules: rules).run(depth: depth, pool()).failure
  }
}

/// Rules of which the step is broken: what it answers is changed afterwards.
struct BrokenStep: RingRules {
  let change: @Sendable (inout KeyRingState, Made) -> Void

  struct Made {
    let from: KeyRingState
    let policy: RotationPolicy
    let now: NumericDate
    let request: RotationRequest?
  }

  func step(
    _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?,
    newKeys: [NewKey]
  ) throws(KeyRingError) -> RotationStep {
    let step = try ring.step(policy, at: now, request, newKeys: newKeys)
    var changed = step.ring
    change(&changed, Made(from: ring, policy: policy, now: now, request: request))
    if changed != ring { changed.epoch = ring.epoch + 1 }
    return RotationStep(ring: changed, events: step.events, missing: step.missing, nextDue: step.nextDue)
  }
}

extension KeyRingState {
  /// Has the standby take over, whatever the step thinks of it.
  mutating func forceRotation(at now: NumericDate) {
    guard let standby = keys.firstIndex(where: { $0.state == .published }) else { return }
    for index in keys.indices where keys[index].state == .active { keys[index].retiredAt = now }
    keys[standby].activatedAt = now
    keys[standby].signsUntil = now.advanced(by: policy.tokenLifetime + policy.reservation)
  }

  var isOverdue: (NumericDate) -> Bool {
    { now in
      keys(.active).contains { $0.activatedAt?.advanced(by: policy.rotationPeriod + 3600) ?? now < now }
    }
  }
}
