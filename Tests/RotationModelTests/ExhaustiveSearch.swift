@testable import KeyRotation
@testable import RotationModel

/// Tries every history of a length, the shorter ones first, and passes over worlds that it has been in before.
struct ExhaustiveSearch: Sendable {
  struct Outcome: Sendable {
    /// Different worlds, and events tried in them.
    var states = 0
    var events = 0
    /// The depth up to which every history was tried.
    var depth = 0
    /// The shortest history that breaks an invariant.
    var failure: FailedHistory?
  }

  let scenario: Scenario
  let alphabet: Alphabet
  var rules: any RingRules = CurrentRules()
  /// The search ends with the depth in which it has visited this many worlds.
  var limit = Int.max

  init(_ scenario: Scenario, _ alphabet: Alphabet, rules: any RingRules = CurrentRules()) {
    (self.scenario, self.alphabet, self.rules) = (scenario, alphabet, rules)
  }

  func run(depth: Int, _ pool: KeyPool, progress: (Outcome) -> Void = { _ in }) throws -> Outcome {
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
