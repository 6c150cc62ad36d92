#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import Testing

@Suite(.timeLimit(.minutes(1))) struct RemoteJWKSetTests {
  @Test("a set is fetched when it is first needed, and a token verifies by it")
  func first() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys))
    let remote = try bench.remote()
    #expect(bench.requestCount == 0)
    #expect(try await remote.accepts(keys))
    #expect(bench.server.requests.map(\.path) == ["/.well-known/jwks.json"])
    #expect(try await remote.keys().keys.count == 2)
    #expect(bench.requestCount == 1)
  }

  @Test("a thousand who ask at once make one request")
  func singleFlight() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys))
    let remote = try bench.remote()
    bench.closeGate()
    let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<1000 { group.addTask { try await remote.accepts(keys) } }
      await bench.requests(1)
      for _ in 0..<2000 { await Task.yield() }
      bench.openGate()
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(accepted == 1000 && bench.requestCount == 1)
  }

  @Test("who is cancelled waits no longer, and the others get their keys")
  func cancelledAsker() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys))
    let remote = try bench.remote()
    bench.closeGate()
    let first = Task { await remote.refusal(keys) }
    await bench.requests(1)
    let second = Task { await remote.refusal(keys) }
    first.cancel()
    #expect(await first.value == .keys(.cancelled))
    bench.openGate()
    #expect(await second.value == nil)
    #expect(bench.requestCount == 1)
  }

  @Test(
    "max-age says when it is asked for again, within bounds",
    arguments: [
      (Int?(60), 60), (1, 10), (0, 10), (86_400, 3600), (nil, 300),
    ])
  func maxAge(maxAge: Int?, expected: Int) async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys, maxAge: maxAge))
    let remote = try bench.remote()
    _ = try await remote.keys()
    bench.clock.advance(by: .seconds(expected - 1))
    _ = try await remote.keys()
    #expect(bench.requestCount == 1)
    bench.clock.advance(by: .seconds(1))
    _ = try await remote.keys()
    #expect(bench.requestCount == 2)
  }

  @Test(
    "what an answer has spent in caches on the way counts",
    arguments: [
      ("max-age=100", "40", 60), ("max-age=100", "200", 10), ("MAX-AGE=50, public", "0", 50),
      ("max-age=\"50\"", "0", 50), ("no-store", "0", 10), ("max-age=-1", "0", 10), ("max-age=x", "0", 10),
      ("max-age=99999999999999999999", "0", 3600), ("public,  max-age=70 ", "x", 70),
      ("max-age=100, no-cache", "0", 10),
    ])
  func headers(control: String, age: String, expected: Int) async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(ScriptedReply(200, ["Cache-Control": control, "Age": age], keys.jwks))
    let remote = try bench.remote()
    _ = try await remote.keys()
    bench.clock.advance(by: .seconds(expected - 1))
    _ = try await remote.keys()
    #expect(bench.requestCount == 1)
    bench.clock.advance(by: .seconds(1))
    _ = try await remote.keys()
    #expect(bench.requestCount == 2)
  }

  @Test("a set that is the same costs a 304, and is fresh again")
  func notModified() async throws {
    let keys = try IssuerKeys()
    let bench = try await KeyBench(.jwks(keys, tag: "\"v1\""))
    let remote = try bench.remote()
    for round in 0..<3 {
      #expect(try await remote.accepts(keys))
      #expect(bench.requestCount == round + 1)
      bench.clock.advance(by: .seconds(60))
    }
    #expect(bench.server.requests.map { $0.headers["if-none-match"] } == [nil, "\"v1\"", "\"v1\""])
  }

  @Test("a 304 that nobody asked for is a refusal")
  func unaskedNotModified() async throws {
    let bench = try await KeyBench(ScriptedReply(304))
    let error = await #expect(throws: IssuerClientError.self) { try await bench.remote().keys() }
    guard case .refused(let refusal) = error else { throw AskedAgain() }
    #expect(refusal.status == 304)
  }

  @Test("keys that aren't understood are passed over, and the others verify")
  func unknownTypes() async throws {
    let keys = try IssuerKeys()
    let text = String(decoding: keys.jwks, as: UTF8.self)
    let mixed = text.replacing(
      "{\"keys\":[", with: #"{"keys":[{"kty":"AKP","kid":"pq"},{"kty":"oct","k":"AA"},7,"#)
    let bench = try await KeyBench(ScriptedReply(200, [:], Array(mixed.utf8)))
    let remote = try bench.remote()
    #expect(try await remote.accepts(keys))
    #expect(try await remote.keys().skipped.count == 3)
  }

  @Test("redirects are not followed")
  func redirect() async throws {
    let elsewhere = try await ScriptedServer(.jwks(IssuerKeys()))
    let bench = try await KeyBench(ScriptedReply(302, ["Location": elsewhere.url]))
    await #expect(throws: IssuerClientError.self) { try await bench.remote().keys() }
    #expect(elsewhere.requests.isEmpty)
  }

  @Test(
    "an answer that is no key set is refused", arguments: ["", "{", "[]", "{}", #"{"keys": {}}"#, "<html>"])
  func malformed(text: String) async throws {
    let bench = try await KeyBench(ScriptedReply(200, [:], Array(text.utf8)))
    let error = await #expect(throws: IssuerClientError.self) { try await bench.remote().keys() }
    guard case .malformedAnswer = error else { throw AskedAgain() }
  }

  @Test("an answer of more than a mebibyte is not read to its end")
  func huge() async throws {
    let bench = try await KeyBench(ScriptedReply(200, [:], [UInt8](repeating: 0x20, count: 3 << 20)))
    await #expect(throws: IssuerClientError.answerTooLarge(limit: 1 << 20)) {
      try await bench.remote().keys()
    }
  }
}
#endif
