import KeyRotation
import SystemSupport
import Testing

@testable import RotationModel

/// `ROTATION_MODEL=deep swift test -c release -Xswiftc -enable-testing --filter ExhaustiveTests` searches as deep as the
/// documents say; without it, three events less.
@Suite struct ExhaustiveTests {
  static let isDeep = ProcessEnvironment["ROTATION_MODEL"] == "deep"
  static let searches = Result { try Scenario.standard() }

  @Test("no history up to the stated depth breaks an invariant", arguments: 0..<14)
  func noViolation(index: Int) throws {
    let pool = try Model.pool()
    let search = try Self.searches.get()[index]
    let depth = search.depth - (Self.isDeep ? 0 : 3)
    let outcome = try ExhaustiveSearch(search.scenario, search.alphabet).run(depth: depth, pool)
    #expect(outcome.failure == nil, "\(outcome.failure?.text(pool) ?? "")")
    #expect(outcome.depth == depth)
    #expect(outcome.states > 100)
    if Self.isDeep {
      print(
        "\(search.scenario.name), \(search.alphabet): depth \(depth), \(outcome.states) states, \(outcome.events) events"
      )
    }
  }

  @Test("every scenario is searched")
  func allScenarios() throws { #expect(try Self.searches.get().count == 14) }

  @Test("worlds that differ in nothing that matters are visited once")
  func merging() throws {
    let pool = try Model.pool()
    let scenario = try Model.scenario("fresh")
    func print(_ events: [WorldEvent]) throws -> UInt64 {
      var world = try World(scenario, pool)
      for event in events { try world.apply(event) }
      return world.fingerprint
    }
    let nothing = try print([])
    let cutOff = (try print([.cutOff(0)]), try print([.cutOff(1)]))
    #expect(cutOff.0 == cutOff.1)
    #expect(cutOff.0 != nothing)
    #expect(try print([.crash(0), .restart(0)]) == nothing)
    let ahead = (try print([.setClock(0, 60), .cutOff(1)]), try print([.cutOff(1), .setClock(0, 60)]))
    #expect(ahead.0 == ahead.1)
    // The one that is cut off is the one that is ahead.
    #expect(try print([.setClock(1, 60), .cutOff(1)]) != ahead.0)
  }
}
