#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import Testing

@Suite(.timeLimit(.minutes(1))) struct DroppedKeysTests {
  @Test("a dropped set verifies nothing, and the next fetch is unconditional")
  func dropped() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let fixture = try await KeySetFixture(.jwks(old, tag: "\"v1\""))
    let remote = try fixture.remote()
    #expect(try await remote.accepts(old))
    fixture.reply = .jwks(new, tag: "\"v2\"")
    remote.drop()
    #expect(await remote.refusal(old) != nil)
    #expect(try await remote.accepts(new))
    #expect(fixture.server.requests[1].headers["if-none-match"] == nil)
  }

  @Test("a dropped set is not used while the issuer is down")
  func droppedAndAway() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys))
    let remote = try fixture.remote()
    #expect(try await remote.accepts(keys))
    fixture.reply = .json(503, "{}")
    remote.drop()
    #expect(await remote.refusal(keys) == .keys(.refused(IssuerRefusal(status: 503))))
  }

  @Test("an answer to a request from before the drop is thrown away")
  func droppedMeanwhile() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let fixture = try await KeySetFixture(.jwks(old))
    let remote = try fixture.remote()
    fixture.closeGate()
    let asker = Task { await remote.refusal(old) }
    await fixture.requests(1)
    remote.drop()
    fixture.reply = .jwks(new)
    fixture.openGate()
    #expect(await asker.value != nil)
    #expect(try await remote.accepts(new))
  }

  @Test("a forced refresh begins after the call, and bypasses caches")
  func forced() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let fixture = try await KeySetFixture(.jwks(old))
    let remote = try fixture.remote()
    fixture.closeGate()
    let asker = Task { await remote.refusal(old) }
    await fixture.requests(1)
    fixture.reply = .jwks(new)
    let refreshes = (0..<10).map { _ in Task { try await remote.refresh(force: true) } }
    for _ in 0..<1000 { await Task.yield() }
    fixture.openGate()
    for refresh in refreshes { try await refresh.value }
    _ = await asker.value
    #expect(try await remote.accepts(new))
    #expect(fixture.requestCount == 2)
    #expect(fixture.server.requests.map { $0.headers["cache-control"] } == [nil, "no-cache"])
  }

  @Test("a forced refresh that fails throws, and the set stays")
  func forcedFails() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys))
    let remote = try fixture.remote()
    try await remote.refresh()
    fixture.reply = .json(500, "{}")
    await #expect(throws: IssuerClientError.refused(IssuerRefusal(status: 500))) {
      try await remote.refresh(force: true)
    }
    #expect(try await remote.accepts(keys))
    try await remote.refresh()
    #expect(fixture.requestCount == 2)
  }
}
#endif
