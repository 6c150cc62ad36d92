import JOSECore
import Testing

@testable import KeyRotation
@testable import RotationModel

/// The check bites: for each invariant there is a step that breaks it, and the search finds the history.
@Suite struct BrokenStepTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let invariant: Int
    let scenario: String
    let alphabet: Alphabet
    /// What happens before the search, beside the scenario's own.
    var events: [WorldEvent] = []
    var depth = 3
    let change: @Sendable (inout KeyRingState, BrokenStep.Made) -> Void
  }

  static let cases: [Case] = [
    Case(
      testDescription: "signs with a new key at once (dex, hydra)", invariant: 1, scenario: "seasoned",
      alphabet: []
    ) { ring, made in
      for index in ring.keys.indices where ring.keys[index].publishedAt == made.now {
        ring.forceRotation(at: made.now)
      }
    },
    Case(
      testDescription: "skips the wait after a downtime (spire, duende)", invariant: 1, scenario: "seasoned",
      alphabet: .revocations
    ) { ring, made in
      if made.from.isOverdue(made.now) { ring.forceRotation(at: made.now) }
    },
    Case(
      testDescription: "counts the wait from publication though the export is late", invariant: 1,
      scenario: "exported", alphabet: [.exports, .revocations]
    ) { ring, _ in
      for index in ring.keys.indices { ring.keys[index].servedAt = ring.keys[index].publishedAt }
    },
    Case(
      testDescription: "counts the wait from the step that publishes", invariant: 1, scenario: "seasoned",
      alphabet: [.races, .requests], depth: 5
    ) { ring, _ in
      for index in ring.keys.indices { ring.keys[index].servedAt = ring.keys[index].publishedAt }
    },
    Case(
      testDescription: "waits for caches and not for processes that lag", invariant: 1, scenario: "fresh",
      alphabet: [.partitions, .requests], depth: 6
    ) { ring, made in
      for index in ring.keys.indices where ring.keys[index].servedAt == made.now {
        ring.keys[index].servedAt = made.now.advanced(by: -made.policy.lag)
      }
    },
    Case(
      testDescription: "takes the clock's word after it was set back", invariant: 1, scenario: "seasoned",
      alphabet: .clocksBack, depth: 6
    ) { ring, _ in ring.setBackFrom = nil },
    Case(
      testDescription: "removes a key when it is retired", invariant: 2, scenario: "seasoned", alphabet: []
    ) { ring, _ in ring.keys.removeAll { $0.state == .retired } },
    Case(
      testDescription: "removes a key by today's lifetime instead of what was reserved", invariant: 2,
      // From the rotation on; then: begin the waits, get the policy, wait for a reservation to be due, step.
      scenario: "changing policies", alphabet: .policies, events: [.advance(1), .step(0)], depth: 4
    ) { ring, made in
      ring.keys.removeAll { key in
        let needed = key.retiredAt?.advanced(by: made.policy.tokenLifetime + made.policy.retention)
        return needed.map { $0 <= made.now } ?? false
      }
    },
    Case(
      testDescription: "retires the old key before the new one may sign", invariant: 3, scenario: "seasoned",
      alphabet: .revocations
    ) { ring, made in
      guard made.from.isOverdue(made.now) else { return }
      for index in ring.keys.indices where ring.keys[index].state == .active {
        ring.keys[index].retiredAt = made.now
      }
    },
    Case(
      testDescription: "keeps a revoked key in the JWKS until its tokens are expired", invariant: 8,
      scenario: "seasoned", alphabet: .revocations, depth: 1
    ) { ring, made in
      for index in ring.keys.indices where ring.keys[index].state == .revoked {
        (ring.keys[index].retiredAt, ring.keys[index].revokedAt) = (made.now, nil)
      }
    },
    Case(
      testDescription: "passes over the standby after a revocation", invariant: 8, scenario: "seasoned",
      alphabet: .revocations, depth: 1
    ) { ring, made in
      guard case .revoke = made.request, let active = ring.keys.firstIndex(where: { $0.state == .active }),
        let standby = ring.keys.lastIndex(where: { $0.state == .published })
      else { return }
      (ring.keys[standby].activatedAt, ring.keys[active].activatedAt) = (made.now, nil)
    },
  ]

  @Test("a broken step is caught", arguments: cases)
  func isCaught(_ broken: Case) throws {
    let rules = BrokenStep(change: broken.change)
    let pool = try Model.pool()
    let failure = try #require(
      try Model.search(broken.scenario, after: broken.events, broken.alphabet, rules, depth: broken.depth),
      "nothing was found")
    #expect(failure.violation.invariant == broken.invariant, "\(failure.text(pool, rules))")
    let honest = try Model.search(
      broken.scenario, after: broken.events, broken.alphabet, CurrentRules(), depth: failure.events.count)
    #expect(honest == nil)
  }
}

@Suite struct BrokenDetailTests {
  @Test("a step that numbers its rings downwards is caught (invariant 5)")
  func backwards() throws {
    let failure = try #require(try Model.search("seasoned", [], BackwardEpochs(), depth: 1))
    #expect(failure.violation.invariant == 5)
  }

  @Test("a key that is removed at its latest exp, without heeding leeway and skew, is caught (invariant 2)")
  func leeway() throws {
    let rules = BrokenStep { ring, made in
      ring.keys.removeAll { $0.state == .retired && $0.signsUntil ?? made.now <= made.now }
    }
    // Tokens use up the reservation before the key is retired, and the latest of them is expired to the second.
    let events: [WorldEvent] = [.advance(3600), .step(0), .advance(86_400), .step(0)]
    let failure = FailedHistory.replay(events, try Model.scenario("seasoned"), rules, try Model.pool())
    #expect(failure?.violation.invariant == 2)
    #expect(
      FailedHistory.replay(events, try Model.scenario("seasoned"), CurrentRules(), try Model.pool()) == nil)
  }
}

/// A step that numbers its rings downwards.
private struct BackwardEpochs: RingRules {
  func step(
    _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?,
    newKeys: [NewKey]
  ) throws(KeyRingError) -> RotationStep {
    let step = try ring.step(policy, at: now, request, newKeys: newKeys)
    var changed = step.ring
    if changed.epoch != ring.epoch { changed.epoch = ring.epoch - 1 }
    return RotationStep(ring: changed, events: step.events, missing: step.missing, nextDue: step.nextDue)
  }
}
