import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct PolicyChangeTests {
  /// P is an hour and seven minutes.
  private let short: RotationPolicy

  init() throws { short = try RotationPolicy(["verifier_bound": "1h"], algorithms: [.es256]) }

  @Test(
    "After a shorter policy, what was published under the longer one still waits for as long as that said")
  func publishedBefore() throws {
    let ring = try newRing().rotated(at: birth).waiting(at: birth)
    let standby = try #require(ring.standby(for: .es256))
    let changed = try ring.taken(nil, short, at: birth + 10)
    #expect(changed.events.first == .policyChanged)
    #expect(changed.ring.policy == short)
    #expect(changed.ring[standby.keyID]?.maySignFrom(short) == birth + policy.propagation)
    let earliest = birth + policy.propagation
    #expect(throws: KeyRingError.self) { _ = try changed.ring.rotated(at: earliest + -1) }
    #expect(try changed.ring.rotated(at: earliest).keyIDs(.active) == [standby.keyID])
  }

  @Test("Until the last JWKS of the longer policy is out of date, new keys inherit its waiting")
  func inherited() throws {
    let changed = try newRing().taken(nil, short, at: birth).ring.waiting(at: birth)
    let end = birth + policy.propagation
    let during = try #require(
      try changed.rotated(at: end + -1).waiting(at: end + -1).standby(for: .es256))
    #expect(during.propagation == policy.propagation)
    #expect(during.maySignFrom(short) == end + -1 + policy.propagation)
    let after = try #require(try changed.rotated(at: end).waiting(at: end).standby(for: .es256))
    #expect(after.propagation == short.propagation)
    #expect(after.maySignFrom(short) == end + short.propagation)
  }

  @Test("What is inherited counts from the step after the one that changed the policy, to the second")
  func inheritedFrom() throws {
    let changed = try newRing().taken(nil, short, at: birth).ring
    #expect(changed.nextDue(short) == birth)
    let late = birth + 2 * policy.propagation
    let waiting = try changed.waiting(at: late)
    #expect(waiting.epoch == changed.epoch + 1)
    let end = late + policy.propagation
    let during = try #require(try waiting.rotated(at: end + -1).standby(for: .es256))
    #expect(during.propagation == policy.propagation)
    let after = try #require(try waiting.rotated(at: end).standby(for: .es256))
    #expect(after.propagation == short.propagation)
  }

  @Test("What is inherited is in the manifest: another process goes by it too")
  func durable() async throws {
    let directory = try TemporaryDirectory()
    let store = DirectoryStore(directory.ring)
    try store.create([.es256], at: birth)
    let ring = try await store.step(short, at: birth).ring
    #expect(try DirectoryStore(directory.ring).existing() == ring)
    let next = try await store.rotate(at: birth + 5)
    #expect(next.standby(for: .es256)?.propagation == policy.propagation)
  }

  @Test("A longer policy lengthens the waiting of keys that are published already")
  func longer() throws {
    let ring = try KeyRingState.new(newKeys([.es256, .es256]), policy: short, at: birth).ring
      .rotated(at: birth).waiting(at: birth)
    let standby = try #require(ring.standby(for: .es256))
    #expect(standby.maySignFrom(short) == birth + short.propagation)
    #expect(standby.maySignFrom(policy) == birth + policy.propagation)
    #expect(throws: KeyRingError.self) {
      _ = try ring.taken(.rotate([]), policy, at: birth + policy.propagation + -1)
    }
  }

  @Test(
    "An algorithm that is added is published at once and signs when it is known everywhere, to the second")
  func added() throws {
    let both = policy.with([.es256, .edDSA])
    let ring = try newRing().taken(nil, both, at: birth).ring.waiting(at: birth)
    let added = try #require(ring.standby(for: .edDSA))
    #expect(ring.activeKey(for: .edDSA) == nil)
    #expect(try ring.jwks[added.keyID] != nil)
    let from = birth + both.propagation
    #expect(try ring.taken(at: from + -1).ring.activeKey(for: .edDSA) == nil)
    let after = try ring.taken(at: from).ring
    #expect(after.activeKey(for: .edDSA)?.keyID == added.keyID)
    #expect(after.activeKey(for: .edDSA)?.signsUntil == from + firstReservation)
  }

  @Test("An algorithm that is dropped retires at once, and its standby leaves the JWKS")
  func dropped() throws {
    let ring = try newRing([.es256, .edDSA])
    let (active, standby) = (ring.keyIDs(.active)[1], ring.keyIDs(.published)[1])
    let step = try ring.taken(nil, policy, at: birth + 1)
    #expect(step.ring[active]?.retiredAt == birth + 1)
    #expect(step.ring[standby] == nil)
    #expect(step.events.contains(.removed(keyID: standby, .edDSA)))
    #expect(try step.ring.jwks[active] != nil)
  }

  @Test("What replaces the only algorithm lets it sign on until it can sign itself")
  func replaced() throws {
    let other = policy.with([.edDSA])
    var ring = try newRing().taken(nil, other, at: birth).ring.waiting(at: birth)
    let old = try #require(ring.activeKey(for: .es256))
    #expect(ring.standby(for: .es256) == nil)
    ring = try ring.taken(at: birth + other.propagation + -1).ring
    #expect(ring.keyIDs(.active) == [old.keyID])
    ring = try ring.taken(at: birth + other.propagation).ring
    #expect(ring.activeKey(for: .edDSA) != nil)
    #expect(ring[old.keyID]?.state == .retired)
  }
}
