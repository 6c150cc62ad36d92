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

  private static let operatorHooks: OperatorHooks = {
    var hooks = OperatorHooks()
    hooks.metrics = { _ in Array("metrics".utf8) }
    hooks.page = {
      OperatorDocument(html: "epoch \($0.snapshot.epoch)", fields: OperatorPage.headerFields)
    }
    hooks.openAPI = Array("{}".utf8)
    return hooks
  }()

  @Test("The operator's endpoints are at an address of their own, where there are no tokens")
  func operatorAddress() async throws {
    try await RunningIssuer.with(hooks: Self.operatorHooks) { (issuer: RunningIssuer) async throws in
      let metrics = try await issuer.operatorRequest("/metrics")
      #expect(
        metrics.body == "metrics" && metrics.headers["content-type"]?.contains("version=0.0.4") == true)
      let page = try await issuer.operatorRequest("/")
      #expect(page.body == "epoch 1" && page.headers["x-frame-options"] == "DENY")
      for field in OperatorPage.headerFields { #expect(page.headers[field.name] == field.value) }
      for path in ["/healthz", "/readyz", "/openapi.json"] {
        #expect(try await issuer.operatorRequest(path).status == 200)
        #expect(try await issuer.request("GET", path).status == 200)
      }
      for path in ["/", "/metrics"] { #expect(try await issuer.request("GET", path).status == 404) }
      #expect(try await issuer.operatorRequest("/session-token").status == 404)
    }
  }

  @Test(
    "A name that isn't this machine's is refused, so that no web page reads the operator's endpoints",
    arguments: ["[::1]evil", "localhost:1:2", "localhost.evil.com", "127.0.0.1.evil.com", "128.0.0.1"])
  func reboundName(name: String) async throws {
    try await RunningIssuer.with(hooks: Self.operatorHooks) { (issuer: RunningIssuer) async throws in
      for path in ["/", "/metrics"] {
        #expect(try await issuer.operatorRequest(path, ["Host": name]).status == 421)
        #expect(try await issuer.operatorRequest(path, ["Host": "127.0.0.2:80"]).status == 200)
      }
    }
  }

  @Test("With an operator credential everyone needs it, whatever a proxy's header says")
  func operatorCredential() async throws {
    let directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
    let (secret, file) = (String(repeating: "operator-", count: 5), directory.path + "/operator.secret")
    _ = FileManager.default.createFile(
      atPath: file, contents: Data(secret.utf8), attributes: [.posixPermissions: 0o600])
    let flags: [Setting: String] = [.operatorCredentialFile: file, .operatorListen: "0.0.0.0:0"]
    try await RunningIssuer.with(flags: flags, in: directory, hooks: Self.operatorHooks) {
      (issuer: RunningIssuer) async throws in
      for header in [[:], ["X-Forwarded-For": "127.0.0.1"], ["Host": "operator.example.com"]] {
        let refused = try await issuer.operatorRequest("/metrics", header)
        #expect(refused.status == 401 && refused.headers["www-authenticate"]?.contains("Basic") == true)
        let basic = Data("me:\(secret)".utf8).base64EncodedString()
        for field in ["Bearer \(secret)", "Basic \(basic)"] {
          let answer = try await issuer.operatorRequest("/", header.merging(["Authorization": field]) { $1 })
          #expect(answer.status == 200)
        }
      }
    }
  }

  @Test("The operator's address is a Unix socket or none, if that is set; an open one needs a credential")
  func operatorAddresses() async throws {
    let directory = try TemporaryDirectory()
    let socket = directory.path + "/operator.sock"
    try await RunningIssuer.with(
      flags: [.operatorListen: "unix:\(socket)"], in: directory, hooks: Self.operatorHooks
    ) { (issuer: RunningIssuer) async throws in
      let answer = try await shell("curl -sS -m 10 --unix-socket '\(socket)' http://localhost/")
      #expect(answer.contains("epoch 1"), "\(answer)")
    }
    try await RunningIssuer.with(flags: [.operatorListen: "off"], hooks: Self.operatorHooks) {
      (issuer: RunningIssuer) async throws in
      #expect(issuer.operatorPort == nil)
      #expect(try await issuer.request("GET", "/metrics").status == 404)
    }
    func address(_ flags: [Setting: String]) throws -> ListeningAddress? {
      try IssuerConfiguration(
        Settings(flags: flags.merging([.issuer: "https://id.example.com"]) { $1 })
      ).operatorListening
    }
    #expect(try address([:]) == .tcp(host: "127.0.0.1", port: 8081))
    #expect(try address([.host: "unix:/run/id.sock"]) == .unix(path: "/run/id.sock.operator"))
    #expect(try address([.operatorListen: "[::1]:9000"]) == .tcp(host: "::1", port: 9000))
    for text in ["0.0.0.0:9000", "9000", "localhost", "localhost:99999", "unix:", "[::1]", ":1"] {
      #expect(throws: SettingsError.self) { try address([.operatorListen: text]) }
    }
    #expect(throws: SettingsError.self) { try address([.port: "65535"]) }
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

  @Test("Requests are counted by route and status")
  func statuses() async throws {
    let counts = CountingMetrics()
    try await RunningIssuer.with(metrics: counts) { issuer in
      _ = try await issuer.order()
      _ = try await issuer.order(["userId": 43])
      _ = try await issuer.request("GET", "/nothing")
      for (labels, count) in [
        ("route=/session-token status=200", 1), ("route=/session-token status=204", 1),
        ("route=other status=404", 1),
      ] {
        #expect(counts["idtoken_requests_total \(labels)"] == Int64(count), "\(labels)")
      }
    }
  }

  #if os(Linux)
  @Test("A scrape has what the process uses, under the names of Prometheus's own clients")
  func process() async throws {
    let metrics = PrometheusMetrics()
    try await RunningIssuer.with(hooks: .standard(metrics, role: .rotates), metrics: metrics) { issuer in
      let text = try await issuer.operatorRequest("/metrics").body
      for name in [
        "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
        "process_start_time_seconds",
      ] {
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        let value = line?.split(separator: " ").last.flatMap { Double($0) } ?? 0
        #expect(value > 0 && text.contains("# HELP \(name) "), "\(name): \(value)")
      }
    }
  }
  #endif

  @Test("The access log is off by default; on, it has a line for each request and nothing secret")
  func accessLog() async throws {
    try await RunningIssuer.with { issuer in
      _ = try await issuer.order()
      #expect(!issuer.log.entries.contains { $0.text == "answered" })
    }
    try await RunningIssuer.with(flags: [.accessLog: "on"]) { issuer in
      let token = try #require(try await issuer.order().json()["token"]?.string)
      _ = try await issuer.request("GET", "/secret?\(issuer.credential)")
      let lines = issuer.log.entries.filter { $0.text == "answered" }
      #expect(lines.map { $0.metadata["status"] } == ["200", "404"])
      let first = try #require(lines.first?.metadata)
      #expect(first["route"] == "/session-token" && first["host"] == "till-1" && first["method"] == "POST")
      #expect(first["client_id"] == "loyalty-app" && Int(first["microseconds"] ?? "") != nil)
      for secret in [token, try issuer.credential] { #expect(!issuer.log.text.contains(secret)) }
    }
  }

  @Test("Faults of the multi-buffer library are exported under their name and the earlier one")
  func multiBufferFaults() async throws {
    let metrics = PrometheusMetrics()
    try await RunningIssuer.with(
      hooks: .standard(metrics, role: .rotates), metrics: metrics
    ) { (issuer: RunningIssuer) async throws in
      let text = try await issuer.operatorRequest("/metrics").body
      for name in ["idtoken_multi_buffer_faults_total", "idtoken_lane_faults_total"] {
        #expect(text.contains("# HELP \(name) ") && text.contains("\n\(name) 0\n"), "\(name)")
      }
    }
  }
}
#endif
