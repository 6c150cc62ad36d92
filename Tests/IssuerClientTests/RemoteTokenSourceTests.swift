#if Server && Client
import IDTokens
import TestIssuer
import TestSupport
import IssuerClient
import JOSECore
import SessionHost
import Testing

@Suite(.timeLimit(.minutes(1))) struct RemoteTokenSourceTests {
  @Test("a request says what the protocol says, with the session ID, and shows the credential")
  func request() async throws {
    let bench = try TokenBench()
    let server = try await ScriptedServer(bench.granted)
    let token = try #require(try await bench.source(server.url + "/").sessionToken(for: bench.request))
    #expect(token == bench.token)
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

  @Test("204 is nil: the user lacks the permission")
  func notPermitted() async throws {
    #expect(try await TokenBench().answer(ScriptedReply(204)).get() == nil)
  }

  @Test("no token is kept: each is asked for")
  func neverCached() async throws {
    let bench = try TokenBench()
    let server = try await ScriptedServer(bench.granted)
    let source = try bench.source(server.url)
    for _ in 0..<3 { _ = try await source.sessionToken(for: bench.request) }
    #expect(server.requests.count == 3)
  }

  @Test(
    "an error status is the issuer's answer, told with error and error_description and not asked for again",
    arguments: [400, 401, 403, 404, 405, 413, 415, 429, 431, 500, 502, 503])
  func refused(status: Int) async throws {
    let reply = ScriptedReply.json(
      status, #"{"error": "some_error", "error_description": "some reason"}"#, ["Retry-After": "7"])
    let error = try #require(try await TokenBench().answer(reply).failure)
    guard case .refused(let refusal) = error else { throw error }
    #expect(refusal.status == status && refusal.error == "some_error")
    #expect(refusal.errorDescription == "some reason" && refusal.retryAfter == 7)
  }

  @Test(
    "an error without a body in OAuth's form is told by its status",
    arguments: ["", "<html>", "[1]", #"{"error": 7}"#])
  func refusedWithout(body: String) async throws {
    let error = try #require(try await TokenBench().answer(.json(503, body)).failure)
    #expect("\(error)" == "the issuer answered 503")
  }

  @Test("what an error says can't upset a log, however long it is")
  func printable() async throws {
    let long = String(repeating: "x", count: 5000)
    let reply = ScriptedReply.json(
      403, "{\"error\": \"a\\u001b[31m\\n\", \"error_description\": \"\(long)\"}")
    guard case .refused(let refusal) = try await TokenBench().answer(reply).failure else {
      throw AskedAgain()
    }
    #expect(refusal.error == "a?[31m?" && refusal.errorDescription?.count == 256)
  }

  @Test("redirects are not followed, wherever they lead", arguments: [301, 302, 303, 307, 308])
  func redirect(status: Int) async throws {
    let bench = try TokenBench()
    let elsewhere = try await ScriptedServer(bench.granted)
    let error = try await bench.answer(
      ScriptedReply(status, ["Location": elsewhere.url + "/session-token"])
    ).failure
    guard case .refused(let refusal) = error else { throw AskedAgain() }
    #expect(refusal.status == status && elsewhere.requests.isEmpty)
  }

  @Test("a source that is cancelled ends at once", .timeLimit(.minutes(1)))
  func cancelled() async throws {
    let bench = try TokenBench()
    let (asked, continuation) = AsyncStream.makeStream(of: Void.self)
    let server = try await ScriptedServer { _ in
      continuation.yield()
      return await withUnsafeContinuation { (_: UnsafeContinuation<ScriptedReply, Never>) in }
    }
    let source = try bench.source(server.url, clock: ManualClock())
    let task = Task { await bench.ask(source) }
    for await _ in asked { break }
    task.cancel()
    #expect(await task.value.failure == .cancelled)
    #expect(server.requests.count == 1)
  }

  @Test("a session whose numbers the protocol can't say is refused before anyone is asked")
  func outOfRange() async throws {
    let bench = try TokenBench()
    let request = SessionTokenRequest(
      session: bench.request.session, user: UserID(.max), clientID: bench.request.clientID,
      sessionID: bench.request.sessionID)
    await #expect(throws: IssuerClientError.outOfRange(member: "userId")) {
      try await bench.source("http://127.0.0.1:9").sessionToken(for: request)
    }
  }
}
#endif
