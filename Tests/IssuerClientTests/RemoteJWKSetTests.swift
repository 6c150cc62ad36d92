#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import Testing

@Suite(.timeLimit(.minutes(1))) struct RemoteJWKSetTests {
  @Test("a set is fetched when it is first needed, and verifies a token")
  func first() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys))
    let remote = try fixture.remote()
    #expect(fixture.requestCount == 0)
    #expect(try await remote.accepts(keys))
    #expect(fixture.server.requests.map(\.path) == ["/.well-known/jwks.json"])
    #expect(try await remote.keys().keys.count == 2)
    #expect(fixture.requestCount == 1)
  }

  @Test("a thousand concurrent callers share one request")
  func singleFlight() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys))
    let remote = try fixture.remote()
    fixture.closeGate()
    let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<1000 { group.addTask { try await remote.accepts(keys) } }
      await fixture.requests(1)
      for _ in 0..<2000 { await Task.yield() }
      fixture.openGate()
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(accepted == 1000 && fixture.requestCount == 1)
  }

  @Test("a cancelled caller stops waiting, and the others get their keys")
  func cancelledAsker() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys))
    let remote = try fixture.remote()
    fixture.closeGate()
    let first = Task { await remote.refusal(keys) }
    await fixture.requests(1)
    let second = Task { await remote.refusal(keys) }
    first.cancel()
    #expect(await first.value == .keys(.cancelled))
    fixture.openGate()
    #expect(await second.value == nil)
    #expect(fixture.requestCount == 1)
  }

  @Test(
    "a set is fetched again after max-age, within bounds",
    arguments: [
      (Int?(60), 60), (1, 10), (0, 10), (86_400, 3600), (nil, 300),
    ])
  func maxAge(maxAge: Int?, expected: Int) async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys, maxAge: maxAge))
    let remote = try fixture.remote()
    _ = try await remote.keys()
    fixture.clock.advance(by: .seconds(expected - 1))
    _ = try await remote.keys()
    #expect(fixture.requestCount == 1)
    fixture.clock.advance(by: .seconds(1))
    _ = try await remote.keys()
    #expect(fixture.requestCount == 2)
  }

  @Test(
    "the age of an answer is taken from its max-age",
    arguments: [
      ("max-age=100", "40", 60), ("max-age=100", "200", 10), ("MAX-AGE=50, public", "0", 50),
      ("max-age=\"50\"", "0", 50), ("no-store", "0", 10), ("max-age=-1", "0", 10), ("max-age=x", "0", 10),
      ("max-age=99999999999999999999", "0", 3600), ("public,  max-age=70 ", "x", 70),
      ("max-age=100, no-cache", "0", 10),
    ])
  func headers(control: String, age: String, expected: Int) async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(
      ScriptedReply(200, ["Cache-Control": control, "Age": age], keys.jwks))
    let remote = try fixture.remote()
    _ = try await remote.keys()
    fixture.clock.advance(by: .seconds(expected - 1))
    _ = try await remote.keys()
    #expect(fixture.requestCount == 1)
    fixture.clock.advance(by: .seconds(1))
    _ = try await remote.keys()
    #expect(fixture.requestCount == 2)
  }

  @Test("an unmodified set costs a 304, and is fresh again")
  func notModified() async throws {
    let keys = try IssuerKeys()
    let fixture = try await KeySetFixture(.jwks(keys, tag: "\"v1\""))
    let remote = try fixture.remote()
    for round in 0..<3 {
      #expect(try await remote.accepts(keys))
      #expect(fixture.requestCount == round + 1)
      fixture.clock.advance(by: .seconds(60))
    }
    #expect(fixture.server.requests.map { $0.headers["if-none-match"] } == [nil, "\"v1\"", "\"v1\""])
  }

  @Test("a 304 to an unconditional request is refused")
  func unaskedNotModified() async throws {
    let fixture = try await KeySetFixture(ScriptedReply(304))
    #expect(try await fixture.remote().keysError()?.refusal?.status == 304)
  }

  @Test("keys of unknown types are skipped, and the others verify")
  func unknownTypes() async throws {
    let keys = try IssuerKeys()
    let text = String(decoding: keys.jwks, as: UTF8.self)
    let mixed = text.replacing(
      "{\"keys\":[", with: #"{"keys":[{"kty":"AKP","kid":"pq"},{"kty":"oct","k":"AA"},7,"#)
    let fixture = try await KeySetFixture(ScriptedReply(200, [:], Array(mixed.utf8)))
    let remote = try fixture.remote()
    #expect(try await remote.accepts(keys))
    #expect(try await remote.keys().skipped.count == 3)
  }

  @Test("redirects are not followed")
  func redirect() async throws {
    let elsewhere = try await ScriptedServer(.jwks(IssuerKeys()))
    let fixture = try await KeySetFixture(ScriptedReply(302, ["Location": elsewhere.url]))
    #expect(try await fixture.remote().keysError()?.refusal?.status == 302)
    #expect(elsewhere.requests.isEmpty)
  }

  @Test(
    "an answer that is not a key set is refused",
    arguments: ["", "{", "[]", "{}", #"{"keys": {}}"#, "<html>"])
  func malformed(text: String) async throws {
    let fixture = try await KeySetFixture(ScriptedReply(200, [:], Array(text.utf8)))
    #expect(try await fixture.remote().keysError()?.code == .malformedAnswer)
  }

  @Test("an answer of more than 1 MiB is not read to its end")
  func huge() async throws {
    let fixture = try await KeySetFixture(ScriptedReply(200, [:], [UInt8](repeating: 0x20, count: 3 << 20)))
    await #expect(throws: IssuerClientError.answerTooLarge(limit: 1 << 20)) {
      try await fixture.remote().keys()
    }
  }
}
#endif
