import JOSECore
import KeyRotation
import SystemSupport
import Testing

@testable import RotationModel

/// What is promised when clocks lie, and what is not.
@Suite struct ClockPromiseTests {
  private let month: Int64 = 30 * 86_400

  private func world(_ events: [WorldEvent]) throws -> World {
    var world = try World(Model.scenario("seasoned"), Model.pool())
    for event in events { try world.apply(event) }
    return world
  }

  @Test(
    "a clock that jumps ahead by more than S can't be told from a downtime: that key is beyond the promise")
  func ahead() throws {
    let world = try world([
      .advance(1), .step(0), .step(0), .setClock(0, 40 * 86_400), .step(0), .step(0),
      .setClock(0, 80 * 86_400),
      .step(0),
    ])
    #expect(world.facts.contains { $0.isBeyondPromise })
  }

  @Test("a clock that jumps ahead by no more than S is within the promise")
  func withinSkew() throws {
    let world = try world([.advance(1), .step(0), .step(0), .setClock(0, 60), .advance(month), .step(0)])
    #expect(!world.facts.contains { $0.isBeyondPromise })
  }

  @Test(
    "nothing is beyond the promise after a jump back that the ring could tell",
    arguments: [3600, 400 * 86_400])
  func back(seconds: Int64) throws {
    let world = try world([
      .advance(1), .step(0), .step(0), .setClock(0, -seconds), .step(0), .step(1), .step(1), .advance(month),
      .step(1),
      .step(1), .advance(month), .step(1),
    ])
    #expect(!world.facts.contains { $0.isBeyondPromise })
    #expect(world.durable.ring.keys.contains { $0.state == .retired })
  }

  @Test("without clocks that run ahead or fall back no key is ever beyond the promise")
  func honestClocks() throws {
    let pool = try Model.pool()
    var random = SplitMix64(seed: 5)
    let alphabet = Alphabet.all.subtracting([.clocksBack, .clocksForward])
    var world = try World(Model.scenario("changing policies"), pool)
    for _ in 0..<400 {
      try world.apply(#require(world.moves(alphabet, instants: 4).randomElement(using: &random)))
      #expect(!world.facts.contains { $0.isBeyondPromise })
    }
  }
}
