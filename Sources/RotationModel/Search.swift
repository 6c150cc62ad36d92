import JOSECore
import KeyRotation
import SystemSupport

/// Tries every history of a length, the shorter ones first, and passes over worlds that it has been in before.
package struct ExhaustiveSearch: Sendable {
  package struct Outcome: Sendable {
    /// Different worlds, and events tried in them.
    package var states = 0
    package var events = 0
    /// The depth up to which every history was tried.
    package var depth = 0
    /// The shortest history that breaks an invariant.
    package var failure: FailedHistory?
  }

  package let scenario: Scenario
  package let alphabet: Alphabet
  package var rules: any RingRules = CurrentRules()
  /// The search ends with the depth in which it has visited this many worlds.
  package var limit = Int.max

  package init(_ scenario: Scenario, _ alphabet: Alphabet, rules: any RingRules = CurrentRules()) {
    (self.scenario, self.alphabet, self.rules) = (scenario, alphabet, rules)
  }

  package func run(depth: Int, _ pool: KeyPool, progress: (Outcome) -> Void = { _ in }) throws -> Outcome {
    var outcome = Outcome()
    let start: World
    do { start = try World(scenario, pool, rules) } catch let violation as Violation {
      outcome.failure = FailedHistory(scenario: scenario, events: [], violation: violation)
      return outcome
    }
    var visited: Set<UInt64> = [start.fingerprint]
    var paths = Paths()
    var frontier = [(world: start, path: -1)]
    outcome.states = 1
    for level in 1...max(1, depth) {
      var next: [(world: World, path: Int)] = []
      let isLast = level == depth
      for (world, path) in frontier {
        for event in world.moves(alphabet) {
          outcome.events += 1
          var after = world
          do { try after.apply(event) } catch {
            let events = paths.events(to: path) + [event]
            outcome.failure = FailedHistory(scenario: scenario, events: events, violation: error)
            return outcome
          }
          guard visited.insert(after.fingerprint).inserted else { continue }
          outcome.states += 1
          if !isLast { next.append((after, paths.add(event, after: path))) }
        }
      }
      outcome.depth = level
      progress(outcome)
      if next.isEmpty || outcome.states >= limit { break }
      frontier = next
    }
    return outcome
  }
}

/// How each world was reached: the event, and the world before.
private struct Paths {
  private var steps: [(event: WorldEvent, before: Int)] = []

  mutating func add(_ event: WorldEvent, after path: Int) -> Int {
    steps.append((event, path))
    return steps.count - 1
  }

  func events(to path: Int) -> [WorldEvent] {
    var (events, path) = ([WorldEvent](), path)
    while path >= 0 {
      events.append(steps[path].event)
      path = steps[path].before
    }
    return events.reversed()
  }
}

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

/// A history that breaks an invariant, and what a person needs to understand it.
package struct FailedHistory: Sendable {
  package let scenario: Scenario
  package let events: [WorldEvent]
  package let violation: Violation
  /// What a random search began with.
  package var seed: UInt64?

  /// Tells the history: when what happened, and what the ring made of it.
  package func text(_ pool: KeyPool, _ rules: any RingRules = CurrentRules()) -> String {
    var lines = ["\(violation)", "in scenario \(scenario.name)" + (seed.map { ", seed \($0)" } ?? "") + ":"]
    guard var world = try? World(scenario, pool, rules) else { return lines.joined(separator: "\n") }
    lines.append("  \(world.time)  epoch \(world.durable.ring.epoch): \(world.states)")
    for event in events {
      let (time, before) = (world.time, world.durable)
      lines.append("  \(time)  \(event)")
      do { try world.apply(event) } catch { break }
      guard world.durable !== before else { continue }
      lines.append("  \(world.time)    epoch \(world.durable.ring.epoch): \(world.states)")
    }
    return lines.joined(separator: "\n")
  }

  /// Leaves out whatever the same invariant is broken without.
  package func shrunk(_ pool: KeyPool, _ rules: any RingRules = CurrentRules()) -> FailedHistory {
    var best = self
    var size = max(1, events.count / 2)
    while true {
      var isShorter = false
      var start = 0
      while start < best.events.count {
        var fewer = best.events
        fewer.removeSubrange(start..<min(start + size, fewer.count))
        if let failure = Self.replay(fewer, scenario, rules, pool),
          failure.violation.invariant == violation.invariant
        {
          best = failure
          isShorter = true
        } else {
          start += size
        }
      }
      if size == 1, !isShorter { break }
      if !isShorter || size > 1 { size = max(1, size / 2) }
    }
    best.seed = seed
    return best
  }

  /// The history up to where it breaks an invariant, if it does.
  package static func replay(
    _ events: [WorldEvent], _ scenario: Scenario, _ rules: any RingRules, _ pool: KeyPool
  ) -> FailedHistory? {
    guard var world = try? World(scenario, pool, rules) else { return nil }
    for (count, event) in events.enumerated() {
      do { try world.apply(event) } catch {
        return FailedHistory(scenario: scenario, events: Array(events[...count]), violation: error)
      }
    }
    return nil
  }
}

extension World {
  fileprivate var states: String {
    zip(durable.places, durable.ring.keys).map { place, key in
      "K\(place) \(key.state)" + (durable.ring.policy.algorithms.count > 1 ? " \(key.algorithm)" : "")
    }.joined(separator: ", ")
  }
}
