import JOSE
import JWA
import KeyRotation
import Testing

@Suite struct RemovalTests {
  @Test("A retired key goes when its last token is expired for everyone, to the second")
  func boundary() throws {
    let ring = try newRing().rotated(at: birth)
    let retired = try #require(ring.keyIDs(.retired).first)
    #expect(policy.retention == 86_400 + 10 + 60)
    let before = try ring.step(policy, at: birth + (policy.retention - 1), rotating: [], publishing: [])
    #expect(before == ring)
    let after = try ring.step(policy, at: birth + policy.retention, rotating: [], publishing: [])
    #expect(after[retired] == nil)
    #expect(after.epoch == ring.epoch + 1)
    #expect(after.keyIDs(.active) == ring.keyIDs(.active))
  }

  @Test("A retired key stays in the JWKS until it goes")
  func inJWKS() throws {
    let ring = try newRing().rotated(at: birth)
    let retired = try #require(ring.keyIDs(.retired).first)
    #expect(try ring.jwks[retired] != nil)
  }

  @Test("The times of its life are kept: published, activated, retired, in this order")
  func times() throws {
    let first = try newRing().rotated(at: birth + 100)
    let second = try first.rotated(at: birth + 100 + policy.propagation)
    let key = try #require(second[first.keyIDs(.active)[0]])
    #expect(key.state == .retired)
    #expect(key.publishedAt == birth)
    #expect(key.activatedAt == birth + 100)
    #expect(key.retiredAt == birth + 100 + policy.propagation)
    #expect(key.mayBeRemoved(from: policy) == birth + 100 + policy.propagation + policy.retention)
  }

  @Test("Keys that aren't retired are never removed, however late it is")
  func late() throws {
    let ring = try newRing([.es256, .edDSA])
    #expect(try ring.step(policy, at: NumericDate(.max), rotating: [], publishing: []) == ring)
  }

  @Test("The policy's times are the sums that rotation.md names")
  func policyTimes() {
    let cached = RotationPolicy(
      tokenLifetime: 60, leeway: 10, maxAge: 3600, cdnTime: 300, verifierBound: 600, clockSkew: 5)
    #expect(cached.propagation == 3905)
    #expect(cached.retention == 75)
    let stubborn = RotationPolicy(maxAge: 60, cdnTime: 0, verifierBound: 43_200, clockSkew: 0)
    #expect(stubborn.propagation == 43_200)
  }
}
