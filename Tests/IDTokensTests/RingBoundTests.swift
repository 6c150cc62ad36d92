import IDTokens
import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite("An issuer signs no longer than its ring allows") struct RingBoundTests {
  private let policy = RotationPolicy.standard.with([.es256])
  private let key: RingSigningKey
  private let snapshot: KeyRingSnapshot

  init() throws {
    key = try .generate(.es256)
    let new = try #require(key.newKey)
    let ring = try KeyRingState.new([new], policy: policy, at: Sample.now).ring
    snapshot = try KeyRingSnapshot(ring, signingKeys: [key])
  }

  private func issuer(_ ring: KeyRing, after seconds: Int64) -> RingIssuer {
    RingIssuer(ring: ring, clock: .fixed(Sample.now.advanced(by: seconds)))
  }

  @Test("Without word from the store it goes on for the staleness bound, and not a second longer")
  func staleness() throws {
    let ring = Sample.ring(snapshot)
    #expect(ring.signsUntil == Sample.now.advanced(by: policy.stalenessBound))
    _ = try issuer(ring, after: policy.stalenessBound).token(Sample.content(), .es256)
    let late = issuer(ring, after: policy.stalenessBound + 1)
    let error = #expect(throws: IDTokenError.self) { _ = try late.token(Sample.content(), .es256) }
    let expected = KeyRingError.stale(
      since: Sample.now, now: Sample.now.advanced(by: policy.stalenessBound + 1), bound: policy.stalenessBound
    )
    #expect(error == .ring(expected))
    #expect(expected.description.contains("5 min 1 s ago, and the policy allows 5 min"))
  }

  @Test("A session that was prepared in time stops too, and signs again when the same epoch is confirmed")
  func session() throws {
    let (ring, time) = (Sample.ring(snapshot), TestTime(Sample.now))
    let session = try RingIssuer(ring: ring, clock: time.wallClock).session(Sample.content(), .es256)
    time.now = Sample.now.advanced(by: 1000)
    #expect(
      throws: IDTokenError.ring(
        .stale(
          since: Sample.now, now: Sample.now.advanced(by: 1000), bound: policy.stalenessBound))
    ) {
      _ = try session.token()
    }
    ring.update(snapshot, confirmedAt: Sample.now.advanced(by: 1000))
    #expect(try session.token().expiresAt == Sample.now.advanced(by: 1060))
  }

  @Test("A store that has gone back to an older epoch confirms nothing")
  func goneBack() throws {
    let standby = try #require(try RingSigningKey.generate(.es256).newKey)
    let newer = try snapshot.ring.step(policy, at: Sample.now, newKeys: [standby]).ring
    let ring = Sample.ring(try KeyRingSnapshot(newer, signingKeys: [key]))
    ring.update(snapshot, confirmedAt: Sample.now.advanced(by: 1000))
    #expect(ring.signsUntil == Sample.now.advanced(by: policy.stalenessBound))
    #expect(ring.epoch == newer.epoch)
  }

  @Test("A token whose exp is the last that is reserved is minted, and none that is later")
  func reservation() throws {
    let last = policy.reservation + policy.tokenLifetime - 60
    let ring = Sample.ring(snapshot)
    ring.update(snapshot, confirmedAt: Sample.now.advanced(by: last))
    let token = try issuer(ring, after: last).token(Sample.content(), .es256)
    let reserved = Sample.now.advanced(by: policy.reservation + policy.tokenLifetime)
    #expect(token.expiresAt == reserved)
    #expect(throws: IDTokenError.ring(.reservationOver(keyID: key.keyID, until: reserved))) {
      _ = try issuer(ring, after: last + 1).token(Sample.content(), .es256)
    }
  }
}
