#if Server
import Foundation
import IDTokens
import JOSECore
import KeyRotation
import Logging
import TestSupport
import Testing

@testable import IDTokenServer

@Suite struct OperationTests {
  @Test("An issuer with a current ring is healthy and ready")
  func ready() async throws {
    try await RunningIssuer.with { issuer in
      #expect(try await issuer.request("GET", "/healthz").body == #"{"status":"ok"}"#)
      let answer = try await issuer.request("GET", "/readyz")
      #expect(answer.status == 200 && answer.body == #"{"status":"ready","epoch":1}"#)
    }
  }

  @Test("Without access to its ring an issuer stops signing and isn't ready; apps with a secret continue")
  func stale() async throws {
    try await RunningIssuer.with { issuer in
      issuer.clock.advance(by: 400)
      let ready = try await issuer.request("GET", "/readyz")
      #expect(ready.status == 503)
      #expect(ready.body.contains("the key ring has not been confirmed recently"))
      let answer = try await issuer.order(["clientId": "warehouse-app"])
      #expect(answer.status == 503 && answer.error == "temporarily_unavailable")
      #expect(answer.headers["retry-after"] == "10" && !answer.body.contains("confirmed"))
      #expect(try await issuer.request("GET", "/.well-known/jwks.json").status == 503)
      #expect(try await issuer.order().status == 200)
      let line = try #require(issuer.log.refusals.first)
      #expect(line.metadata["reason"] == "stale_ring" && line.level == .error)
      #expect(line.metadata["detail"]?.contains("last confirmed at") == true)
    }
  }

  @Test("Overdue rotation or a missing key makes an issuer not ready")
  func overdue() async throws {
    let directory = try TemporaryDirectory()
    try DemoSetup(directory.path).make()
    let store = DirectoryStore(directory.path + "/ring")
    let now = WallClock.system.now
    try store.create(.standard, at: now)
    let late = now.advanced(by: 31 * 86_400)
    let ring = KeyRing(try #require(try await store.snapshot()), confirmedAt: late)
    let readiness = Readiness(ring, signs: true, at: late)
    #expect(!readiness.isReady && readiness.problems.contains { $0.hasPrefix("rotation is overdue since") })
    let bare = KeyRing(try #require(try await store.publicSnapshot()), confirmedAt: now)
    #expect(Readiness(bare, signs: true, at: now).problems.count == 2)
    #expect(Readiness(bare, signs: false, at: now).isReady)
  }

  @Test("Of a flood of refusals a hundred lines a second are logged, and then how many were left out")
  func flood() throws {
    let (recorder, time) = (LogRecorder(), TestTime(NumericDate(1_800_000_000)))
    let log = RefusalLog(Logger(label: "issuer") { _ in recorder }, time.wallClock)
    let line = LogLine(route: .token, requestID: "1", traceID: nil, client: "192.0.2.1")
    for _ in 0..<150 { log.note(.notFound, line) }
    #expect(recorder.refusals.count == RefusalLog.linesPerSecond)
    // Failures of the issuer are counted apart, so that no flood of a client's hides them.
    for _ in 0..<150 { log.note(.serverError("a disk"), line) }
    #expect(recorder.refusals.count == 2 * RefusalLog.linesPerSecond)
    time.now = time.now.advanced(by: 1)
    log.note(.notFound, line)
    let last = recorder.entries.suffix(2)
    #expect(last.map(\.text) == ["refusals were not logged", "refused"])
    #expect(last.first?.metadata["count"] == "50")
  }

  @Test("The date of an answer is that of RFC 9110, before 1970 too")
  func dates() {
    #expect(NumericDate(784_111_777).httpDate == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(NumericDate(0).httpDate == "Thu, 01 Jan 1970 00:00:00 GMT")
    #expect(NumericDate(-1).httpDate == "Wed, 31 Dec 1969 23:59:59 GMT")
  }

  @Test("A request's own ID is returned and logged with its trace; an invalid one is replaced")
  func names() async throws {
    try await RunningIssuer.with { issuer in
      let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
      let answer = try await issuer.post(
        "{}", ["X-Request-ID": "till-1/77", "traceparent": "00-\(trace)-00f067aa0ba902b7-01"])
      #expect(answer.headers["x-request-id"] == "till-1/77")
      let line = try #require(issuer.log.refusals.last)
      #expect(line.metadata["request_id"] == "till-1/77" && line.metadata["trace_id"] == trace)
      let long = try issuer.credential
      let other = try await issuer.post("{}", ["X-Request-ID": long])
      let name = try #require(other.headers["x-request-id"])
      #expect(name != long && !name.isEmpty && issuer.log.refusals.last?.metadata["request_id"] == name)
    }
  }

  @Test("No log line has a credential, a token or a secret")
  func silence() async throws {
    try await RunningIssuer.with(flags: [.rate: "1", .burst: "6"]) { issuer in
      var secrets = [try issuer.credential, try issuer.text("loyalty-app.secret"), "stolen-credential"]
      let changes: [JSONObject] = [[:], ["userId": 43], ["clientId": "nobody"], ["shop": "x"]]
      for change in changes {
        let answer = try await issuer.order(change)
        if let token = try? answer.json()["token"]?.string { secrets.append(token) }
      }
      _ = try await issuer.order(credential: "stolen-credential")
      _ = try await issuer.post("{\"stolen\": \"\(try issuer.credential)\"}")
      for _ in 0..<4 { _ = try await issuer.order() }
      #expect(secrets.count == 4 && issuer.log.refusals.count >= 5)
      for secret in secrets { #expect(!issuer.log.text.contains(secret)) }
    }
  }

  @Test("The operator's endpoints are open to local clients, and to others with the operator credential")
  func operators() async throws {
    let directory = try TemporaryDirectory()
    let secret = String(repeating: "operator-", count: 5)
    let file = directory.path + "/operator.secret"
    var hooks = OperatorHooks()
    hooks.metrics = { _ in Array("metrics".utf8) }
    hooks.page = {
      OperatorDocument(html: "epoch \($0.snapshot.epoch)", fields: OperatorPage.headerFields)
    }
    hooks.openAPI = Array("{}".utf8)
    try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
    let contents = Data(secret.utf8)
    _ = FileManager.default.createFile(
      atPath: file, contents: contents, attributes: [.posixPermissions: 0o600])
    try await RunningIssuer.with(
      flags: [.operatorCredentialFile: file, .issuer: "http://localhost"], in: directory, hooks: hooks
    ) {
      issuer in
      let metrics = try await issuer.request("GET", "/metrics")
      #expect(
        metrics.body == "metrics" && metrics.headers["content-type"]?.contains("version=0.0.4") == true)
      let page = try await issuer.request("GET", "/")
      #expect(page.body == "epoch 1")
      for field in OperatorPage.headerFields {
        #expect(page.headers[field.name] == field.value)
      }
      #expect(page.headers["x-frame-options"] == "DENY")
      // Through a proxy, and under a name that somebody else has pointed here.
      for header in [["X-Forwarded-For": "192.0.2.1"], ["Host": "evil.example"]] {
        let refused = try await issuer.request("GET", "/metrics", header)
        #expect(refused.status == 401 && refused.headers["www-authenticate"]?.contains("Basic") == true)
        let basic = Data("me:\(secret)".utf8).base64EncodedString()
        for field in ["Bearer \(secret)", "Basic \(basic)"] {
          let granted = try await issuer.request(
            "GET", "/", header.merging(["Authorization": field]) { $1 })
          #expect(granted.status == 200)
        }
        #expect(try await issuer.request("GET", "/openapi.json", header).status == 200)
      }
    }
  }

  @Test("The operator's endpoints of an issuer that others can reach require the credential")
  func operatorsOfPublicIssuer() async throws {
    var hooks = OperatorHooks()
    hooks.metrics = { _ in Array("metrics".utf8) }
    try await RunningIssuer.with(hooks: hooks) { issuer in
      let answer = try await issuer.request("GET", "/metrics")
      #expect(answer.status == 401)
    }
  }

  @Test("Tokens are counted by app and algorithm, refusals by reason")
  func metrics() async throws {
    let counts = CountingMetrics()
    try await RunningIssuer.with(metrics: counts) { issuer in
      _ = try await issuer.order()
      _ = try await issuer.order(["clientId": "warehouse-app"])
      _ = try await issuer.order(["userId": 43])
      #expect(counts["idtoken_tokens_total client_id=loyalty-app alg=HS256"] == 1)
      #expect(counts["idtoken_tokens_total client_id=warehouse-app alg=ES256"] == 1)
      #expect(counts["idtoken_refusals_total reason=not_permitted"] == 1)
      #expect(counts["idtoken_request_duration_seconds route=/session-token"] == 3)
    }
  }

  @Test("Faults of the multi-buffer library are exported under their name and the earlier one")
  func multiBufferFaults() async throws {
    let metrics = PrometheusMetrics()
    try await RunningIssuer.with(
      flags: [.issuer: "http://localhost"], hooks: .standard(metrics, role: .rotates), metrics: metrics
    ) { issuer in
      let text = try await issuer.request("GET", "/metrics").body
      for name in ["idtoken_multi_buffer_faults_total", "idtoken_lane_faults_total"] {
        #expect(text.contains("# HELP \(name) ") && text.contains("\n\(name) 0\n"), "\(name)")
      }
    }
  }
}
#endif
