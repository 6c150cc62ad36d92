import JOSECore
import KeyRotation
import Testing

@Suite struct RemovalTests {
  @Test("A retired key goes when the latest exp that was reserved for it is over for everyone, to the second")
  func boundary() throws {
    let ring = try newRing().rotated(at: birth)
    let retired = try #require(ring.keyIDs(.retired).first)
    #expect(ring[retired]?.signsUntil == birth + 86_400 + 3600)
    #expect(policy.retention == 10 + 60)
    let last = birth + firstReservation + policy.retention
    #expect(try ring.taken(at: last + -1).ring[retired] == ring[retired])
    let step = try ring.taken(at: last)
    #expect(step.ring[retired] == nil)
    #expect(step.events.contains(.removed(keyID: retired, .es256)))
    #expect(step.ring.epoch == ring.epoch + 1)
    #expect(step.ring.keyIDs(.active) == ring.keyIDs(.active))
  }

  @Test("A key that was retired after all that was reserved for it is kept from then on")
  func lateRetirement() throws {
    let late = birth + 10 * policy.propagation
    let ring = try newRing().rotated(at: late)
    let key = try #require(ring.keys(.retired).first)
    #expect(key.signsUntil == birth + firstReservation)
    #expect(key.removableFrom(policy) == late + policy.retention)
  }

  @Test("A retired key stays in the JWKS until it goes")
  func inJWKS() throws {
    let ring = try newRing().rotated(at: birth)
    let retired = try #require(ring.keyIDs(.retired).first)
    #expect(try ring.jwks[retired] != nil)
  }

  @Test("The times of its life are kept: published, activated, retired, in this order")
  func times() throws {
    let first = try newRing().rotated(at: birth + 100).waiting(at: birth + 100)
    let second = try first.rotated(at: birth + 100 + policy.propagation)
    let key = try #require(second[first.keyIDs(.active)[0]])
    #expect(key.state == .retired)
    #expect(key.publishedAt == birth)
    #expect(key.activatedAt == birth + 100)
    #expect(key.retiredAt == birth + 100 + policy.propagation)
    #expect(key.signsUntil == birth + 100 + firstReservation)
    #expect(key.removableFrom(policy) == birth + 100 + firstReservation + policy.retention)
  }

  @Test("Keys that aren't retired are never removed, however late it is")
  func late() throws {
    let ring = try newRing([.es256, .edDSA])
    let later = try ring.step(ring.policy, at: NumericDate(.max)).ring
    #expect(later.keys.map(\.keyID) == ring.keys.map(\.keyID))
    #expect(later.keys.map(\.state) == ring.keys.map(\.state))
  }

  @Test("The policy's times are the sums that rotation.md names")
  func policyTimes() throws {
    var members: JSONObject = [
      "token_lifetime": "60s", "leeway": "10s", "max_age": "1h", "cdn_time": "5m", "verifier_bound": "10m",
      "clock_skew": "5s",
    ]
    let cached = try RotationPolicy(members)
    // P = (R + S) + C + max(M, V) + S, and E + S.
    #expect(cached.propagation == (300 + 5) + 300 + 3600 + 5)
    #expect(cached.retention == 10 + 5)
    let stubborn = try RotationPolicy(["max_age": "60s", "verifier_bound": "12h", "clock_skew": "0s"])
    #expect(stubborn.propagation == (300 + 0) + 0 + 43_200 + 0)
    // An export is everywhere at once: nothing lags.
    members["publication"] = "exported"
    #expect(try RotationPolicy(members).propagation == 300 + 3600 + 5)
  }
}
