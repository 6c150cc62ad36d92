#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import Testing

@Suite(.timeLimit(.minutes(1))) struct UnknownKeyTests {
  private func isUnknown(_ error: RemoteVerificationError?) -> Bool {
    if case .token(let refusal) = error { refusal.code == "unknown_key" } else { false }
  }

  @Test("an unknown kid makes it ask, and the token verifies by what it gets")
  func refetch() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let bench = try await KeyBench(.jwks(old, tag: "\"v1\""))
    let remote = try bench.remote()
    #expect(try await remote.accepts(old))
    bench.reply = .jwks(new, tag: "\"v2\"")
    #expect(try await remote.accepts(new))
    #expect(bench.requestCount == 2)
    #expect(isUnknown(await remote.refusal(old)))
  }

  @Test("a kid that nobody has heard of makes it ask once in the cooldown, whoever asks how often")
  func cooldown() async throws {
    let (keys, foreign) = (try IssuerKeys(), try IssuerKeys())
    let bench = try await KeyBench(.jwks(keys, maxAge: 3600, tag: "\"v1\""))
    let remote = try bench.remote()
    for _ in 0..<100 { #expect(isUnknown(await remote.refusal(foreign))) }
    #expect(bench.requestCount == 2)
    bench.clock.advance(by: .seconds(29))
    #expect(isUnknown(await remote.refusal(foreign)))
    #expect(bench.requestCount == 2)
    bench.clock.advance(by: .seconds(1))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<1000 { group.addTask { _ = await remote.refusal(foreign) } }
    }
    #expect(bench.requestCount == 3)
    #expect(try await remote.accepts(keys))
  }

  @Test("a thousand tokens of a new key at once make one request, and none is refused")
  func newKey() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let bench = try await KeyBench(.jwks(old))
    let remote = try bench.remote()
    #expect(try await remote.accepts(old))
    bench.reply = .jwks(new)
    let refusals = await withTaskGroup(of: RemoteVerificationError?.self) { group in
      for _ in 0..<1000 { group.addTask { await remote.refusal(new) } }
      return await group.reduce(into: [RemoteVerificationError]()) {
        if let error = $1 { $0.append(error) }
      }
    }
    #expect(refusals.isEmpty && bench.requestCount == 2)
  }

  @Test("other refusals of a token make nobody ask")
  func otherRefusals() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys))
    let remote = try bench.remote()
    for token in ["", "a.b.c", String(keys.token.dropLast(4)) + "AAAA"] {
      await #expect(throws: RemoteVerificationError.self) {
        try await remote.verify(token, audience: "my-app", at: IssuerKeys.now)
      }
    }
    await #expect(
      throws: RemoteVerificationError.token(.wrongAudience(found: ["my-app"], expected: "other"))
    ) {
      try await remote.verify(keys.token, audience: "other", at: IssuerKeys.now)
    }
    #expect(bench.requestCount == 1)
  }
}
#endif
