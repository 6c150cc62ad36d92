import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct RevocationTests {
  @Test("When the active key is revoked, its original standby takes over at once and is known everywhere")
  func active() throws {
    let ring = try newRing()
    let (active, standby) = (ring.keyIDs(.active)[0], ring.keyIDs(.published)[0])
    let step = try ring.taken(.revoke(keyID: active, reason: "stolen"), at: birth + 5)
    #expect(step.events.contains(.revoked(keyID: active, .es256, reason: "stolen")))
    #expect(step.events.contains(.activated(keyID: standby, .es256)))
    #expect(step.ring.keyIDs(.active) == [standby])
    #expect(step.ring.keyIDs(.published).count == 1)
    #expect(step.ring[active]?.revokedAt == birth + 5)
    #expect(step.ring[active]?.revocationReason == "stolen")
  }

  @Test("A standby that isn't known everywhere takes over all the same, and the event says until when")
  func early() throws {
    let ring = try newRing().rotated(at: birth).waiting(at: birth)
    let (active, standby) = (ring.keyIDs(.active)[0], ring.keyIDs(.published)[0])
    let step = try ring.taken(.revoke(keyID: active, reason: "stolen"), at: birth + 5)
    let until = birth + policy.propagation
    let event = RingEvent.activatedEarly(keyID: standby, .es256, until: until)
    #expect(step.events.contains(event))
    #expect(event.description.hasSuffix("some verifiers may not know it until 2027-01-16T08:07:00Z"))
    #expect(step.ring.keyIDs(.active) == [standby])
  }

  @Test("Of a standby that is not confirmed the event says that it depends on that")
  func unconfirmed() throws {
    let exported = try RotationPolicy(["publication": "exported"], algorithms: [.es256])
    let ring = try KeyRingState.new(newKeys([.es256, .es256]), policy: exported, at: birth).ring.rotated(
      at: birth)
    let step = try ring.taken(.revoke(keyID: ring.keyIDs(.active)[0], reason: "stolen"), at: birth + 5)
    let event = RingEvent.activatedEarly(keyID: ring.keyIDs(.published)[0], .es256, until: nil)
    #expect(step.events.contains(event))
    #expect(event.description.hasSuffix("until its wait is over"))
  }

  @Test("Without a standby a new key signs at once")
  func noStandby() throws {
    let ring = try KeyRingState.new(newKeys([.es256]), at: birth)
    let step = try ring.taken(.revoke(keyID: ring.keyIDs(.active)[0], reason: "stolen"), at: birth)
    let active = try #require(step.ring.activeKey(for: .es256))
    #expect(ring[active.keyID] == nil)
    // From when it is known everywhere can be said when its wait has begun, in the step after this one.
    #expect(step.events.contains(.activatedEarly(keyID: active.keyID, .es256, until: nil)))
    let waiting = try step.ring.waiting(at: birth)
    #expect(waiting[active.keyID]?.maySignFrom(policy) == birth + policy.propagation)
  }

  @Test("A revoked standby is replaced, and the active key signs on")
  func standby() throws {
    let ring = try newRing()
    let standby = ring.keyIDs(.published)[0]
    let step = try ring.taken(.revoke(keyID: standby, reason: "lost"), at: birth)
    #expect(step.ring.keyIDs(.active) == ring.keyIDs(.active))
    #expect(step.ring[standby]?.state == .revoked)
    #expect(step.ring.keyIDs(.published).count == 1)
    #expect(step.ring.standby(for: .es256)?.isOriginal == false)
  }

  @Test(
    "A revoked key is out of the JWKS at once, whatever it was",
    arguments: ["active", "published", "retired"])
  func jwks(state: String) throws {
    let ring = try newRing().rotated(at: birth)
    let state = try #require(RingKey.State(rawValue: state))
    let keyID = try #require(ring.keyIDs(state).first)
    #expect(try ring.jwks[keyID] != nil)
    let revoked = try ring.taken(.revoke(keyID: keyID, reason: "stolen"), at: birth + 1).ring
    #expect(try revoked.jwks[keyID] == nil)
    #expect(try revoked.jwks.keys.count == revoked.keys.count - 1)
  }

  @Test("A kid that the ring doesn't have, or that is revoked already, is refused")
  func unknown() throws {
    let ring = try newRing()
    let error = #expect(throws: KeyRingError.unknownKey("nobody")) {
      _ = try ring.step(policy, at: birth, .revoke(keyID: "nobody", reason: ""))
    }
    #expect(error?.description == "there is no key \"nobody\" in the ring that could be revoked")
    let keyID = ring.keyIDs(.active)[0]
    let revoked = try ring.taken(.revoke(keyID: keyID, reason: "stolen"), at: birth).ring
    #expect(throws: KeyRingError.unknownKey(keyID)) {
      _ = try revoked.step(policy, at: birth, .revoke(keyID: keyID, reason: "again"))
    }
  }

  @Test("Its entry stays until its last token has expired, to the second")
  func forgotten() throws {
    let ring = try newRing()
    let keyID = ring.keyIDs(.active)[0]
    let revoked = try ring.taken(.revoke(keyID: keyID, reason: "stolen"), at: birth).ring
    let end = birth + firstReservation + policy.retention
    #expect(try revoked.taken(at: end + -1).ring[keyID]?.state == .revoked)
    #expect(try revoked.taken(at: end).ring[keyID] == nil)
  }

  @Test("When the last active key is one that the policy dropped, what replaces it signs at once")
  func droppedAlgorithm() async throws {
    let directory = try TemporaryDirectory()
    let store = DirectoryStore(directory.ring)
    let old = try store.create([.es256], at: birth).keyIDs(.active)[0]
    let other = policy.with([.edDSA])
    try await store.step(other, at: birth)
    let step = try await store.step(other, at: birth + 1, .revoke(keyID: old, reason: "stolen"))
    #expect(step.ring.keys(.active).map(\.algorithm) == [.edDSA])
    #expect(try await store.opened().signingKey(for: .edDSA).keyID == step.ring.keyIDs(.active)[0])
  }

  @Test("Its private key is gone from the disk with the revocation, and the ring signs on")
  func files() async throws {
    let directory = try TemporaryDirectory()
    let store = DirectoryStore(directory.ring)
    let keyID = try store.create([.es256], at: birth).keyIDs(.active)[0]
    let ring = try await store.step(policy, at: birth, .revoke(keyID: keyID, reason: "stolen")).ring
    #expect(try !directory.names(in: "ring").contains("\(keyID).pem"))
    #expect(try store.existing() == ring)
    #expect(try await store.opened().signingKey(for: .es256).keyID == ring.keyIDs(.active)[0])
  }
}
