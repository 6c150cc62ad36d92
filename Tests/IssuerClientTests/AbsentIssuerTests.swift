#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import Testing

@Suite(.timeLimit(.minutes(1))) struct AbsentIssuerTests {
  @Test("while the issuer is away the set stays in use until the bound, and then nothing is verified by it")
  func staleUntilBound() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys))
    let remote = try bench.remote { $0.maximumStaleness = .seconds(1000) }
    #expect(try await remote.accepts(keys))
    bench.reply = .json(503, "{}")
    bench.clock.advance(by: .seconds(1000))
    #expect(try await remote.accepts(keys))
    bench.clock.advance(by: .seconds(1))
    #expect(await remote.refusal(keys) == .keys(.keysTooOld(age: .seconds(1001), limit: .seconds(1000))))
    bench.reply = .jwks(keys)
    bench.clock.advance(by: .seconds(10))
    #expect(try await remote.accepts(keys))
  }

  @Test("a cache that answers for an issuer that is away makes an old set no younger")
  func cachedMeanwhile() async throws {
    let keys = try IssuerKeys()
    let aged = { (age: Int) in
      ScriptedReply(200, ["Cache-Control": "max-age=60", "Age": "\(age)"], keys.jwks)
    }
    let bench = try await KeyBench(aged(900))
    let remote = try bench.remote { $0.maximumStaleness = .seconds(1000) }
    #expect(try await remote.accepts(keys))
    bench.reply = aged(1001)
    bench.clock.advance(by: .seconds(100))
    #expect(try await remote.accepts(keys))
    bench.clock.advance(by: .seconds(1))
    #expect(await remote.refusal(keys) == .keys(.keysTooOld(age: .seconds(1001), limit: .seconds(1000))))
    bench.reply = aged(0)
    bench.clock.advance(by: .seconds(10))
    #expect(try await remote.accepts(keys))
  }

  @Test("an issuer that is away is asked once in the retry delay")
  func retryDelay() async throws {
    let bench = try await KeyBench(.json(500, "{}"))
    let remote = try bench.remote()
    for _ in 0..<100 { await #expect(throws: IssuerClientError.self) { try await remote.keys() } }
    #expect(bench.requestCount == 1)
    bench.clock.advance(by: .seconds(10))
    await #expect(throws: IssuerClientError.self) { try await remote.keys() }
    #expect(bench.requestCount == 2)
  }

  @Test("an issuer that was away a moment ago keeps nobody waiting who has a set")
  func nobodyWaits() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys))
    let remote = try bench.remote()
    #expect(try await remote.accepts(keys))
    bench.reply = .json(503, "{}")
    bench.clock.advance(by: .seconds(60))
    #expect(try await remote.accepts(keys))
    bench.clock.advance(by: .seconds(10))
    bench.closeGate()
    for _ in 0..<10 { #expect(try await remote.accepts(keys)) }
    await bench.requests(3)
    #expect(bench.requestCount == 3)
    bench.openGate()
  }

  @Test("an issuer whose connections are refused is away like any other")
  func refused() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys))
    let remote = try bench.remote()
    #expect(try await remote.accepts(keys))
    await bench.server.stop()
    bench.clock.advance(by: .seconds(60))
    #expect(try await remote.accepts(keys))
  }
}
#endif
