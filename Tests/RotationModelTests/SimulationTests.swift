import JOSECore
import Testing

@testable import KeyRotation
@testable import RotationModel

/// Policies over years, with verifiers of every class: nobody ever refuses a token, unless the step is broken.
@Suite struct SimulationTests {
  private static func simulation(_ policy: String, seed: UInt64) throws -> Simulation {
    let policy = try Scenario.policy(policy)
    let duration = min(300 * 86_400, 25 * policy.rotationPeriod)
    return Simulation(policy, duration: duration, verifiers: 28, seed: seed)
  }

  static let accepted: [(String, UInt64)] = [
    (#""cdn_time": "0s""#, 1), (#""cdn_time": "0s", "reservation": "6h""#, 2),
    (#""publication": "exported", "cdn_time": "15m", "algorithms": ["RS256"], "reservation": "12h""#, 3),
    (#""publication": "exported", "verifier_bound": "1h", "rotation_period": "3d", "reservation": "2h""#, 4),
    (#""verifier_bound": "0s", "max_age": "5m", "rotation_period": "2d", "reservation": "6h""#, 5),
    (
      #""verifier_bound": "0s", "max_age": "0s", "cdn_time": "0s", "rotation_period": "30m", "token_lifetime": "60s""#,
      6
    ),
    (
      #""verifier_bound": "20m", "rotation_period": "6h", "token_lifetime": "60s", "staleness_bound": "30s""#,
      7
    ),
    (#""algorithms": ["RS256", "ES256", "EdDSA", "Ed448"], "clock_skew": "10m", "reservation": "1d""#, 8),
    (
      #""clock_skew": "0s", "leeway": "0s", "verifier_bound": "12h", "rotation_period": "13h", "reservation": "6h""#,
      9
    ),
  ]

  @Test("no verifier refuses a token under an accepted policy", arguments: accepted)
  func nobodyRefuses(policy: String, seed: UInt64) throws {
    let report = try Self.simulation(policy, seed: seed).run()
    #expect(report.refused == 0, "\(report.refusals.first.map { "\($0)" } ?? "") seed \(seed)")
    #expect(report.violations == [])
    #expect(report.keysBeyondPromise == 0)
    #expect(report.rotations > 3)
    #expect(report.verifications > 1000)
    #expect(report.margin.map { $0 >= 0 } ?? false)
    #expect(report.shortestRetention.map { $0 >= 0 } ?? false)
    // The clocks of the writers that begin and end a wait may differ by S.
    #expect(report.shortestWait.map { $0 >= report.policy.propagation - report.policy.clockSkew } ?? false)
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var policy = #""cdn_time": "0s", "reservation": "6h""#
    let change: @Sendable (inout KeyRingState, BrokenStep.Made) -> Void
  }

  static let broken: [Broken] = [
    Broken(testDescription: "signs with a new key at once") { ring, made in
      for place in ring.keys.indices where ring.keys[place].publishedAt == made.now {
        ring.forceRotation(at: made.now)
      }
    },
    Broken(
      testDescription: "skips the wait after a downtime",
      policy: #""rotation_period": "12d", "reservation": "1d""#
    ) { ring, made in
      if made.from.isOverdue(made.now) {
        for place in ring.keys.indices where ring.keys[place].publishedAt == made.now {
          ring.forceRotation(at: made.now)
        }
      }
    },
    Broken(testDescription: "removes a key when it is retired") { ring, _ in
      ring.keys.removeAll { $0.state == .retired }
    },
    Broken(
      testDescription: "counts the wait from publication though the export is late",
      policy: #""publication": "exported", "rotation_period": "26h", "reservation": "6h""#
    ) { ring, _ in
      for place in ring.keys.indices { ring.keys[place].servedAt = ring.keys[place].publishedAt }
    },
  ]

  /// A small population, so not every seed's history has a verifier in the few minutes in which it matters.
  @Test("a broken step makes verifiers refuse tokens", arguments: broken)
  func isCaught(_ broken: Broken) throws {
    let rules = BrokenStep(change: broken.change)
    for seed in 1...8 as ClosedRange<UInt64> {
      var simulation = try Self.simulation(broken.policy, seed: seed)
      simulation.rules = rules
      let report = try simulation.run()
      guard report.refused > 0 else { continue }
      #expect(!report.refusals.isEmpty && !report.holds)
      #expect(!report.violations.isEmpty, "the model's checkers see it too")
      simulation.rules = CurrentRules()
      #expect(try simulation.run().holds)
      return
    }
    Issue.record("nobody refused a token")
  }

  @Test("the same seed gives the same result, another one another")
  func seed() throws {
    func figures(_ seed: UInt64) throws -> [Int64?] {
      let report = try Self.simulation(#""algorithms": ["ES256"], "reservation": "1d""#, seed: seed).run()
      return [
        Int64(report.verifications), report.oldestJWKS, report.margin, report.shortestRetention,
        report.meanWait,
        report.longestDowntime, Int64(report.timeline.hashValue),
      ]
    }
    let first = try figures(1)
    #expect(try figures(1) == first)
    #expect(try figures(2) != first)
  }

  @Test("classes that keep a JWKS for longer than the policy allows for are named, not simulated")
  func uncovered() throws {
    let report = try Self.simulation(#""verifier_bound": "1h", "rotation_period": "1d""#, seed: 1).run()
    #expect(report.uncovered == ["Microsoft.IdentityModel, 12 h"])
    #expect(!report.classes.contains { $0.name.hasPrefix("Microsoft") })
  }

  @Test("every algorithm that a ring may sign with can be simulated")
  func algorithms() throws {
    let names = Algorithm.allCases.filter { !$0.isSymmetric }.map { "\"\($0)\"" }.joined(separator: ", ")
    var simulation = try Self.simulation(#""algorithms": [\#(names)], "reservation": "7d""#, seed: 1)
    simulation.duration = 100 * 86_400
    let report = try simulation.run()
    #expect(report.holds)
    #expect(report.rotations >= 3 * 12)
  }

  @Test("what is too much for the model is refused with its numbers")
  func limits() throws {
    #expect(throws: SimulationError.tooManyKeys(atOnce: 306, room: 128)) {
      try Self.simulation(
        #""verifier_bound": "0s", "max_age": "0s", "cdn_time": "0s", "rotation_period": "10m""#, seed: 1
      )
      .run()
    }
  }
}
