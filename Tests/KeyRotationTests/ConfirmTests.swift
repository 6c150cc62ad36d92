import JOSECore
import KeyRotation
import Testing

@Suite("Where the JWKS is exported, a new key's waiting begins when the public copy has it")
struct ConfirmTests {
  private let exported = try! RotationPolicy(["publication": "exported"], algorithms: [.es256])

  private func ring() throws -> KeyRingState {
    try KeyRingState.new(newKeys([.es256, .es256]), policy: exported, at: birth).ring.rotated(at: birth)
  }

  @Test("Unconfirmed, a standby never signs, and the refusal says what to do")
  func unconfirmed() throws {
    let ring = try ring()
    let standby = try #require(ring.standby(for: .es256))
    #expect(standby.servedAt == nil)
    #expect(standby.maySignFrom(exported) == nil)
    let late = birth + 100 * exported.propagation
    let error = #expect(
      throws: KeyRingError.standbyTooYoung(
        keyID: standby.keyID, .es256, published: birth, earliest: nil, now: late)
    ) { _ = try ring.rotated(at: late) }
    #expect(error?.description.contains("is not confirmed to be in the public JWKS: export it") == true)
    #expect(try ring.taken(at: late).ring.activeKey(for: .es256)?.keyID == ring.activeKey(for: .es256)?.keyID)
  }

  @Test("Confirmed, it waits from then on, to the second; a second confirmation changes nothing")
  func confirmed() throws {
    let ring = try ring()
    let standby = try #require(ring.standby(for: .es256))
    let step = try ring.taken(.confirm(keyIDs: ring.keys.map(\.keyID)), at: birth + 500)
    #expect(step.events.contains(.confirmed(keyID: standby.keyID, .es256)))
    let from = birth + 500 + exported.propagation
    #expect(step.ring[standby.keyID]?.maySignFrom(exported) == from)
    let again = try step.ring.taken(.confirm(keyIDs: [standby.keyID]), at: birth + 900)
    #expect(again.ring == step.ring)
    #expect(throws: KeyRingError.self) { _ = try step.ring.rotated(at: from + -1) }
    #expect(try step.ring.rotated(at: from).keyIDs(.active) == [standby.keyID])
  }

  @Test("What the public copy lacks is not confirmed, and what the ring lacks is ignored")
  func others() throws {
    let ring = try ring()
    #expect(
      try ring.taken(.confirm(keyIDs: ["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"]), at: birth).ring
        == ring)
    #expect(try ring.taken(.confirm(keyIDs: []), at: birth).ring == ring)
  }
}
