import JOSECore
import SystemSupport

@testable import KeyRotation
@testable import RotationModel

/// Tries long histories at random. A seed makes one history; it is the same on every machine.
struct RandomSearch: Sendable {
  let scenario: Scenario
  let alphabet: Alphabet
  var rules: any RingRules = CurrentRules()
  var length = 300

  init(_ scenario: Scenario, _ alphabet: Alphabet, rules: any RingRules = CurrentRules()) {
    (self.scenario, self.alphabet, self.rules) = (scenario, alphabet, rules)
  }

  /// The failure, shrunk, if the seed's history has one. After its events the world comes to rest; then the ring must
  /// rotate again.
  func run(seed: UInt64, _ pool: KeyPool) throws -> FailedHistory? {
    var random = SplitMix64(seed: seed)
    var world = try World(scenario, pool, rules)
    var events: [WorldEvent] = []
    do throws(Violation) {
      for _ in 0..<length {
        guard let event = pick(world, &random) else { break }
        events.append(event)
        try world.apply(event)
      }
      try world.rest()
      return nil
    } catch {
      let failure = FailedHistory(scenario: scenario, events: events, violation: error, seed: seed)
      return error.invariant == 0 ? failure : failure.shrunk(pool, rules)
    }
  }

  /// Time and steps as often as everything else together: a ring that is only disturbed does nothing.
  private func pick(_ world: World, _ random: inout SplitMix64) -> WorldEvent? {
    let moves = world.moves(alphabet, instants: 4)
    let usual = moves.filter {
      if case .advance = $0 { true } else if case .step = $0 { true } else { false }
    }
    guard Bool.random(using: &random), let event = usual.randomElement(using: &random) else {
      return moves.randomElement(using: &random)
    }
    guard case .advance(let seconds) = event, Int.random(in: 0..<4, using: &random) == 0 else { return event }
    return .advance(Int64.random(in: 1...max(1, seconds), using: &random))
  }
}
