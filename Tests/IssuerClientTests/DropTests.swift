#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import Testing

@Suite(.timeLimit(.minutes(1))) struct DropTests {
  @Test("a set that is dropped verifies nothing; the next token asks for another, whole")
  func dropped() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let bench = try await KeyBench(.jwks(old, tag: "\"v1\""))
    let remote = try bench.remote()
    #expect(try await remote.accepts(old))
    bench.reply = .jwks(new, tag: "\"v2\"")
    remote.drop()
    #expect(await remote.refusal(old) != nil)
    #expect(try await remote.accepts(new))
    #expect(bench.server.requests[1].headers["if-none-match"] == nil)
  }

  @Test("a set that is dropped is not taken up again because the issuer is away")
  func droppedAndAway() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys))
    let remote = try bench.remote()
    #expect(try await remote.accepts(keys))
    bench.reply = .json(503, "{}")
    remote.drop()
    guard case .keys(.refused) = await remote.refusal(keys) else { throw AskedAgain() }
  }

  @Test("what was on its way when the set was dropped is thrown away")
  func droppedMeanwhile() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let bench = try await KeyBench(.jwks(old))
    let remote = try bench.remote()
    bench.closeGate()
    let asker = Task { await remote.refusal(old) }
    await bench.requests(1)
    remote.drop()
    bench.reply = .jwks(new)
    bench.openGate()
    #expect(await asker.value != nil)
    #expect(try await remote.accepts(new))
  }

  @Test("a forced refresh asks though the set is fresh, past the caches, and beginning after the call")
  func forced() async throws {
    let (old, new) = (try IssuerKeys(), try IssuerKeys())
    let bench = try await KeyBench(.jwks(old))
    let remote = try bench.remote()
    bench.closeGate()
    let asker = Task { await remote.refusal(old) }
    await bench.requests(1)
    bench.reply = .jwks(new)
    let refreshes = (0..<10).map { _ in Task { try await remote.refresh(force: true) } }
    for _ in 0..<1000 { await Task.yield() }
    bench.openGate()
    for refresh in refreshes { try await refresh.value }
    _ = await asker.value
    #expect(try await remote.accepts(new))
    #expect(bench.requestCount == 2)
    #expect(bench.server.requests.map { $0.headers["cache-control"] } == [nil, "no-cache"])
  }

  @Test("a forced refresh that fails says so, and the set stays")
  func forcedFails() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys))
    let remote = try bench.remote()
    try await remote.refresh()
    bench.reply = .json(500, "{}")
    await #expect(throws: IssuerClientError.self) { try await remote.refresh(force: true) }
    #expect(try await remote.accepts(keys))
    try await remote.refresh()
    #expect(bench.requestCount == 2)
  }
}
#endif
