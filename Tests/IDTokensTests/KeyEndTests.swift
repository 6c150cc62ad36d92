import IDTokens
import JOSECore
import Testing

@testable import KeyRotation  // sets a key's own end without an import

@Suite("No token outlives its key's own end") struct KeyEndTests {
  @Test("Its last tokens are shorter, in the token and in what is said of it; at the end there are none")
  func shortened() throws {
    let end = Sample.now.advanced(by: 100)
    let key = try RingSigningKey.generate(.es256)
    var state = try KeyRing.new([try #require(key.newKey)], at: Sample.now)
    state.keys[0].notAfter = end
    let ring = Sample.live(try KeyRingSnapshot(state, signingKeys: [key]))
    let mint = { (seconds: Int64) throws -> SessionToken in
      let clock = WallClock.fixed(Sample.now.advanced(by: seconds))
      return try TokenIssuer(IssuerURL(Sample.issuer), ring: ring, clock: clock)
        .mint(Sample.request(), .openID(.es256))
    }
    #expect(try mint(40).expiresAt == end)
    let late = try mint(99)
    #expect(late.expiresAt == end)
    #expect(try Parts(late.serialized).claims["exp"]?.integer == end.secondsSinceEpoch)
    let expected = KeyRingError.keyEnded(keyID: key.keyID, at: end)
    #expect(throws: IDTokenError.ring(expected)) { _ = try mint(100) }
    #expect(expected.description.contains("no other key may sign yet"))
  }
}
