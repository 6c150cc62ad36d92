#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import Testing

@Suite(.timeLimit(.minutes(1))) struct UnknownKeyTests {
  private func isUnknown(_ error: VerificationError?) -> Bool {
    error?.code == "unknown_key"
  }

  @Test("an unknown kid causes a fetch, and the new set verifies the token")
  func refetch() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let fixture = try await KeySetFixture(.jwks(old, tag: "\"v1\""))
    let remote = try fixture.remote()
    #expect(try await remote.accepts(old))
    fixture.reply = .jwks(new, tag: "\"v2\"")
    #expect(try await remote.accepts(new))
    #expect(fixture.requestCount == 2)
    #expect(isUnknown(await remote.refusal(old)))
  }

  @Test("an unknown kid causes one fetch in each cooldown, however many tokens have it")
  func cooldown() async throws {
    let (keys, foreign) = (try IssuerKeys(), try IssuerKeys())
    let fixture = try await KeySetFixture(.jwks(keys, maxAge: 3600, tag: "\"v1\""))
    let remote = try fixture.remote()
    for _ in 0..<100 { #expect(isUnknown(await remote.refusal(foreign))) }
    #expect(fixture.requestCount == 2)
    fixture.clock.advance(by: .seconds(29))
    #expect(isUnknown(await remote.refusal(foreign)))
    #expect(fixture.requestCount == 2)
    fixture.clock.advance(by: .seconds(1))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<1000 { group.addTask { _ = await remote.refusal(foreign) } }
    }
    #expect(fixture.requestCount == 3)
    #expect(try await remote.accepts(keys))
  }

  @Test("a thousand concurrent tokens of a new key share one request, and all verify")
  func newKey() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let fixture = try await KeySetFixture(.jwks(old))
    let remote = try fixture.remote()
    #expect(try await remote.accepts(old))
    fixture.reply = .jwks(new)
    let refusals = await withTaskGroup(of: VerificationError?.self) { group in
      for _ in 0..<1000 { group.addTask { await remote.refusal(new) } }
      return await group.reduce(into: [VerificationError]()) {
        if let error = $1 { $0.append(error) }
      }
    }
    #expect(refusals.isEmpty && fixture.requestCount == 2)
  }

  @Test("a lookup of an unknown kid causes a fetch, and one of a known kid or none does not")
  func lookup() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let fixture = try await KeySetFixture(.jwks(old))
    let remote = try fixture.remote()
    let keyID = try #require(try CompactJWS(parsing: new.token).header.keyID)
    let oldKeyID = try #require(try CompactJWS(parsing: old.token).header.keyID)
    for known in [oldKeyID, nil] { _ = try await remote.verificationKeys(for: known) }
    #expect(fixture.requestCount == 1)
    fixture.reply = .jwks(new)
    let keys = try await remote.verificationKeys(for: keyID)
    let verifier = TokenVerifier(keys, audience: "my-app", issuer: .unchecked)
    #expect(try verifier.verify(new.token, at: IssuerKeys.now).subject == "42")
    _ = try await remote.verificationKeys(for: oldKeyID)
    #expect(fixture.requestCount == 2)
  }

  @Test("a token that is refused for another reason causes no fetch")
  func otherRefusals() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys))
    let remote = try fixture.remote()
    let changed = String(keys.token.dropLast(4)) + "AAAA"
    for (token, code) in [("", "malformed"), ("a.b.c", "malformed"), (changed, "invalid_signature")] {
      let error = await #expect(throws: VerificationError.self) { try await remote.verify(token) }
      #expect(error?.code == code)
    }
    await #expect(throws: VerificationError.wrongAudience(found: ["my-app"], expected: "other")) {
      try await remote.verify(keys.token, audience: "other")
    }
    #expect(fixture.requestCount == 1)
  }
}
#endif
