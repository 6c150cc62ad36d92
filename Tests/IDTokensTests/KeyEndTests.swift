import IDTokens
import JOSECore
import TestSupport
import Testing

@testable import KeyRotation  // sets a key's own end, which an import does in public

@Suite("No token outlives its key's own end") struct KeyEndTests {
  @Test("Its last tokens are shorter, in the token and in what is said of it; at the end there are none")
  func shortened() throws {
    let end = Sample.now.advanced(by: 100)
    let key = try RingSigningKey.generate(.es256)
    var state = try KeyRingState.new([try #require(key.newKey)], at: Sample.now)
    state.keys[0].notAfter = end
    let ring = Sample.ring(try KeyRingSnapshot(state, signingKeys: [key]))
    let mint = { (seconds: Int64) throws -> IDToken in
      let clock = WallClock.fixed(Sample.now.advanced(by: seconds))
      return try RingIssuer(ring: ring, clock: clock)
        .token(Sample.content(), .es256)
    }
    #expect(try mint(40).expiresAt == end)
    let late = try mint(99)
    #expect(late.expiresAt == end)
    #expect(try Parts(late.text).claims["exp"]?.integer == end.secondsSinceEpoch)
    let expected = KeyRingError.keyEnded(keyID: key.keyID, at: end)
    #expect(throws: IDTokenError.ring(expected)) { _ = try mint(100) }
    #expect(expected.description.contains("no other key may sign yet"))
  }
}
