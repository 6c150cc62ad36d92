import JOSECore
import KeyRotation
import Testing

@Suite("After the clock was set back, what lay in the future begins anew") struct ClockSetBackTests {
  @Test("Waiting and signing begin again at the new now, and each key's event says what it had")
  func restart() throws {
    let ring = try newRing().rotated(at: birth).waiting(at: birth)
    // So far that the wait is over before time is again where it was set back: there it begins once more.
    let now = birth + -2 * policy.propagation
    let step = try ring.taken(at: now)
    for keyID in ring.keyIDs(.active) + ring.keyIDs(.published) {
      #expect(step.events.contains(.clockSetBack(keyID: keyID, from: birth)))
      #expect(step.ring[keyID]?.publishedAt == now)
    }
    #expect(step.ring.activeKey(for: .es256)?.activatedAt == now)
    let standby = try #require(step.ring.standby(for: .es256))
    #expect(standby.servedAt == now)
    #expect(throws: KeyRingError.self) { _ = try step.ring.rotated(at: now + policy.propagation + -1) }
    #expect(try step.ring.rotated(at: now + policy.propagation).keyIDs(.active) == [standby.keyID])
  }

  @Test("Where time is again at which it was set back, waiting begins once more, to the second")
  func putRight() throws {
    let ring = try newRing().rotated(at: birth).waiting(at: birth).waiting(at: birth + -10_000)
    let standby = try #require(ring.standby(for: .es256)).keyID
    #expect(ring[standby]?.servedAt == birth + -10_000)
    let there = birth + -policy.clockSkew
    #expect(try ring.taken(at: there + -1).ring[standby]?.servedAt == birth + -10_000)
    let step = try ring.taken(at: there)
    #expect(step.events.contains(.clockPutRight(keyID: standby, from: birth)))
    #expect(step.ring[standby]?.servedAt == there)
    // Once is enough.
    #expect(try step.ring.taken(at: there).ring == step.ring)
    let earliest = there + policy.propagation
    #expect(throws: KeyRingError.self) { _ = try step.ring.rotated(at: earliest + -1) }
    #expect(try step.ring.rotated(at: earliest).keyIDs(.active) == [standby])
  }

  @Test("Within the clock skew of the policy nothing is set back, to the second")
  func skew() throws {
    let ring = try newRing()
    #expect(try ring.taken(at: birth + -policy.clockSkew).ring == ring)
    let step = try ring.taken(at: birth + (-policy.clockSkew - 1))
    #expect(step.ring.epoch == ring.epoch + 1)
  }

  @Test("What was reserved is never taken back: a token may rely on it")
  func reservation() throws {
    let step = try newRing().taken(at: birth + -10_000)
    #expect(step.ring.activeKey(for: .es256)?.signsUntil == birth + firstReservation)
  }

  @Test("One set back is enough: a second step changes nothing")
  func once() throws {
    let ring = try newRing().taken(at: birth + -10_000).ring
    #expect(try ring.taken(at: birth + -10_000).ring == ring)
  }
}
