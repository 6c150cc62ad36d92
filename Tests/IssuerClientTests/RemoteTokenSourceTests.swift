#if Server && Client
import IDTokens
import TestIssuer
import TestSupport
import IssuerClient
import JOSECore
import SessionHost
import Testing

@Suite(.timeLimit(.minutes(1))) struct RemoteTokenSourceTests {
  @Test("a request has the members of the protocol, the session ID and the credential")
  func request() async throws {
    let fixture = try TokenFixture()
    let server = try await ScriptedServer(fixture.granted)
    let token = try #require(try await fixture.source(server.url + "/").sessionToken(for: fixture.request))
    #expect(token == fixture.token)
    let request = try #require(server.requests.first)
    #expect(request.method == "POST" && request.path == "/session-token")
    #expect(request.headers["authorization"] == "Bearer the-credential")
    #expect(request.headers["content-type"] == "application/json")
    let body: JSONObject = [
      "shop": "snow-devil.myshopify.com", "shopId": 1001, "userId": 42, "locationId": 5, "staffMemberId": 7,
      "currency": "CAD", "posVersion": "10.6.0", "clientId": "my-app", "sessionId": "a-session",
    ]
    #expect(try JSONObject(parsing: request.body.span) == body)
  }

  @Test("a 204, for a user without permission, is nil")
  func notPermitted() async throws {
    #expect(try await TokenFixture().answer(ScriptedReply(204)).get() == nil)
  }

  @Test("tokens are not cached")
  func neverCached() async throws {
    let fixture = try TokenFixture()
    let server = try await ScriptedServer(fixture.granted)
    let source = try fixture.source(server.url)
    for _ in 0..<3 { _ = try await source.sessionToken(for: fixture.request) }
    #expect(server.requests.count == 3)
  }

  @Test(
    "an error status is final, and has the issuer's error and error_description",
    arguments: [400, 401, 403, 404, 405, 413, 415, 429, 431, 500, 502, 503])
  func refused(status: Int) async throws {
    let reply = ScriptedReply.json(
      status, #"{"error": "some_error", "error_description": "some reason"}"#, ["Retry-After": "7"])
    let error = try #require(try await TokenFixture().answer(reply).failure)
    let refusal = try #require(error.refusal)
    #expect(refusal.status == status && refusal.error == "some_error")
    #expect(refusal.errorDescription == "some reason" && refusal.retryAfter == 7)
  }

  @Test(
    "an error without a body of RFC 6749 has its status",
    arguments: ["", "<html>", "[1]", #"{"error": 7}"#])
  func refusedWithout(body: String) async throws {
    let error = try #require(try await TokenFixture().answer(.json(503, body)).failure)
    #expect("\(error)" == "the issuer answered 503")
  }

  @Test("an issuer's error is made safe for a log")
  func printable() async throws {
    let long = String(repeating: "x", count: 5000)
    let reply = ScriptedReply.json(
      403, "{\"error\": \"a\\u001b[31m\\n\", \"error_description\": \"\(long)\"}")
    let refusal = try #require(try await TokenFixture().answer(reply).failure?.refusal)
    #expect(refusal.error == "a?[31m?" && refusal.errorDescription?.count == 256)
  }

  @Test("redirects are not followed", arguments: [301, 302, 303, 307, 308])
  func redirect(status: Int) async throws {
    let fixture = try TokenFixture()
    let elsewhere = try await ScriptedServer(fixture.granted)
    let error = try await fixture.answer(
      ScriptedReply(status, ["Location": elsewhere.url + "/session-token"])
    ).failure
    #expect(error?.refusal?.status == status && elsewhere.requests.isEmpty)
  }

  @Test("a source that is cancelled ends at once", .timeLimit(.minutes(1)))
  func cancelled() async throws {
    let fixture = try TokenFixture()
    let (asked, continuation) = AsyncStream.makeStream(of: Void.self)
    let server = try await ScriptedServer { _ in
      continuation.yield()
      return await withUnsafeContinuation { (_: UnsafeContinuation<ScriptedReply, Never>) in }
    }
    let source = try fixture.source(server.url, clock: ManualClock())
    let task = Task { await fixture.ask(source) }
    for await _ in asked { break }
    task.cancel()
    #expect(await task.value.failure == .cancelled)
    #expect(server.requests.count == 1)
  }

  @Test("a session with too large a number is refused without a request")
  func outOfRange() async throws {
    let fixture = try TokenFixture()
    let request = SessionTokenRequest(
      session: fixture.request.session, user: UserID(.max), clientID: fixture.request.clientID,
      sessionID: fixture.request.sessionID)
    await #expect(throws: IssuerClientError.outOfRange(member: "userId")) {
      try await fixture.source("http://127.0.0.1:9").sessionToken(for: request)
    }
  }
}
#endif
