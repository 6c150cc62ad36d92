#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import Testing

@Suite(.timeLimit(.minutes(1))) struct AbsentIssuerTests {
  @Test("while the issuer is down the set is used until the bound, and then verifies nothing")
  func staleUntilBound() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys))
    let remote = try fixture.remote { $0.maximumStaleness = .seconds(1000) }
    #expect(try await remote.accepts(keys))
    fixture.reply = .json(503, "{}")
    fixture.clock.advance(by: .seconds(1000))
    #expect(try await remote.accepts(keys))
    fixture.clock.advance(by: .seconds(1))
    #expect(await remote.refusal(keys) == .keys(.keysTooOld(age: .seconds(1001), limit: .seconds(1000))))
    fixture.reply = .jwks(keys)
    fixture.clock.advance(by: .seconds(10))
    #expect(try await remote.accepts(keys))
  }

  @Test("a cache's answer in place of an issuer that is down does not renew an old set")
  func cachedMeanwhile() async throws {
    let keys = try IssuerKeys()
    let aged = { (age: Int) in
      ScriptedReply(200, ["Cache-Control": "max-age=60", "Age": "\(age)"], keys.jwks)
    }
    let fixture = try await KeySetFixture(aged(900))
    let remote = try fixture.remote { $0.maximumStaleness = .seconds(1000) }
    #expect(try await remote.accepts(keys))
    fixture.reply = aged(1001)
    fixture.clock.advance(by: .seconds(100))
    #expect(try await remote.accepts(keys))
    fixture.clock.advance(by: .seconds(1))
    #expect(await remote.refusal(keys) == .keys(.keysTooOld(age: .seconds(1001), limit: .seconds(1000))))
    fixture.reply = aged(0)
    fixture.clock.advance(by: .seconds(10))
    #expect(try await remote.accepts(keys))
  }

  @Test("an issuer that is down is asked once in each retry delay")
  func retryDelay() async throws {
    let fixture = try await KeySetFixture(.json(500, "{}"))
    let remote = try fixture.remote()
    for _ in 0..<100 { #expect(await remote.keysError()?.refusal?.status == 500) }
    #expect(fixture.requestCount == 1)
    fixture.clock.advance(by: .seconds(10))
    #expect(await remote.keysError()?.refusal?.status == 500)
    #expect(fixture.requestCount == 2)
  }

  @Test("after a failure, callers with a set do not wait for the next fetch")
  func nobodyWaits() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys))
    let remote = try fixture.remote()
    #expect(try await remote.accepts(keys))
    fixture.reply = .json(503, "{}")
    fixture.clock.advance(by: .seconds(60))
    #expect(try await remote.accepts(keys))
    fixture.clock.advance(by: .seconds(10))
    fixture.closeGate()
    for _ in 0..<10 { #expect(try await remote.accepts(keys)) }
    await fixture.requests(3)
    #expect(fixture.requestCount == 3)
    fixture.openGate()
  }

  @Test("while the issuer refuses connections the set is used")
  func refused() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys))
    let remote = try fixture.remote()
    #expect(try await remote.accepts(keys))
    await fixture.server.stop()
    fixture.clock.advance(by: .seconds(60))
    #expect(try await remote.accepts(keys))
  }
}
#endif
