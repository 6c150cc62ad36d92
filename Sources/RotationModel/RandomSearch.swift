import JOSECore
import KeyRotation
import SystemSupport

/// Tries long histories at random. A seed makes one history; it is the same on every machine.
package struct RandomSearch: Sendable {
  package let scenario: Scenario
  package let alphabet: Alphabet
  package var rules: any RingRules = CurrentRules()
  package var length = 300

  package init(_ scenario: Scenario, _ alphabet: Alphabet, rules: any RingRules = CurrentRules()) {
    (self.scenario, self.alphabet, self.rules) = (scenario, alphabet, rules)
  }

  /// The failure, shrunk, if the seed's history has one. After its events the world comes to rest; then the ring must
  /// rotate again.
  package func run(seed: UInt64, _ pool: KeyPool) throws -> FailedHistory? {
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
