import IDTokens
import JOSECore
import KeyRotation
import Testing

@Suite("A verifier that knows a token's header checks the rest of the token as before")
struct KnownHeaderTests {
  @Test("A changed payload, signature or header is refused behind a valid token", arguments: [true, false])
  func tampered(isShopify: Bool) throws {
    let verifier = try isShopify ? Sample.secretVerifier() : SampleRing.verifier()
    let token =
      try isShopify ? Sample.shopifyToken() : Sample.openIDToken(.es256, ring: SampleRing.everyAlgorithm())
    _ = try verifier.verify(token, at: Sample.now)
    for place in token.indices where token[place] != "." {
      var changed = token
      changed.replaceSubrange(place...place, with: token[place] == "A" ? "B" : "A")
      let isHeader = place < token.firstIndex(of: ".") ?? token.startIndex
      let names = isHeader ? ["algorithm_not_allowed", "unknown_key", "wrong_type"] : []
      let refusal = try #require(verifier.refusal(changed))
      #expect((["malformed", "invalid_signature"] + names).contains(refusal))
    }
    #expect(try verifier.verify(token, at: Sample.now).subject == "42")
  }

  @Test("The header of a forged token is not remembered, and neither are its claims")
  func forged() throws {
    let verifier = try SampleRing.verifier()
    let own = try SampleRing.key(.es256)
    let stranger = try RingSigningKey.generate(.es256)
    let header = #"{"alg":"ES256","kid":"\#(own.keyID)"}"#
    let claims = Forgery.claims(["iss": "\"\(Sample.issuer)\""])
    for _ in 0..<2 {
      #expect(throws: VerificationError.invalidSignature(.es256)) {
        _ = try verifier.verify(Forgery.token(header, stranger.key, claims), at: Sample.now)
      }
      _ = try verifier.verify(Forgery.token(header, own.key, claims), at: Sample.now)
    }
  }

  @Test("Times, names and claims are checked each time")
  func claims() throws {
    let verifier = try Sample.secretVerifier()
    let token = try Sample.shopifyToken()
    _ = try verifier.verify(token, at: Sample.now)
    #expect(verifier.refusal(token, at: Sample.now.advanced(by: 100)) == "expired")
    var other = verifier
    other.audience = "another"
    #expect(other.refusal(token) == "wrong_audience")
    let bare = try Forgery.shopify(Forgery.claims(["sub": nil]))
    #expect(throws: VerificationError.missingClaim("sub")) { _ = try verifier.verify(bare, at: Sample.now) }
  }

  @Test("More headers than are remembered, in turns, all verify")
  func manyHeaders() throws {
    let verifier = try SampleRing.verifier()
    let key = try SampleRing.key(.es256)
    let claims = Forgery.claims(["iss": "\"\(Sample.issuer)\""])
    for number in (0..<40).map({ $0 % 25 }) {
      let header = #"{"alg":"ES256","kid":"\#(key.keyID)","n":\#(number)}"#
      #expect(try verifier.verify(Forgery.token(header, key.key, claims), at: Sample.now).subject == "42")
    }
  }

  @Test("Tasks that share a verifier don't disturb each other")
  func concurrent() async throws {
    let verifier = try SampleRing.verifier()
    let ring = try SampleRing.everyAlgorithm()
    let tokens = try SampleRing.asymmetric.map { try Sample.openIDToken($0, ring: ring) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<6 {
        group.addTask {
          for index in 0..<(tokens.count * 2) {
            let token = tokens[(index + task) % tokens.count]
            let claims = try verifier.verify(token, at: Sample.now)
            #expect(claims.subject == "42")
            let refusal = try #require(verifier.refusal(token + "A"))
            #expect(["malformed", "invalid_signature"].contains(refusal))
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
