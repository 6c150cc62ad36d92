#if Server
import Foundation
import JOSECore
import Logging
import TestSupport
import Testing

@testable import IDTokenServer

/// How requests come: in what order, how slowly, by which protocol, and what a connection may hold.
@Suite struct ConnectionTests {
  /// What a connection gets for its bytes until the issuer closes it.
  private func answer(to text: String, from issuer: RunningIssuer) async throws -> String {
    let raw = try RawConnection(port: issuer.port)
    raw.send(text)
    return await raw.readToEnd()
  }

  private func statuses(_ answer: String) -> [String] {
    answer.matches(of: /HTTP\/1\.1 (\d{3})/).map { String($0.output.1) }
  }

  @Test(
    "Requests that are sent together are answered in their order",
    arguments: ["loyalty-app", "warehouse-app"])
  func order(app: String) async throws {
    try await RunningIssuer.with { issuer in
      var order = RunningIssuer.order
      order["clientId"] = .string(app)
      let body = order.description
      let token =
        "POST /session-token HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(try issuer.credential)\r\n"
        + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
      let get = { (path: String) in "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }
      let last = "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      let answer = try await answer(
        to: token + get("/healthz") + token + get("/nothing") + token + token + last, from: issuer)
      #expect(statuses(answer) == ["200", "200", "200", "404", "200", "200", "404"])
      #expect(answer.matches(of: /"token":"/).count == 4)
    }
  }

  @Test(
    "A head that is no request of this protocol is refused, and its connection closed",
    arguments: [
      ("GET /healthz HTTP/1.1\r\n\r\n", "400"),
      ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
      ("POST /session-token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"),
      ("GET /healthz HTTP/1.0\r\n\r\n", "200"), ("GET http://x/healthz HTTP/1.0\r\n\r\n", "200"),
    ])
  func heads(text: String, status: String) async throws {
    try await RunningIssuer.with { issuer in
      let answer = try await answer(to: text, from: issuer)
      #expect(statuses(answer) == [status] && answer.contains("connection: close"), "\(answer)")
    }
  }

  @Test("An HTTP/1.0 client keeps its connection where it asks for that")
  func oldClients() async throws {
    try await RunningIssuer.with { issuer in
      let kept = "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
      let answer = try await answer(to: kept + "GET /healthz HTTP/1.0\r\n\r\n", from: issuer)
      #expect(statuses(answer) == ["200", "200"] && answer.contains("connection: keep-alive"))
    }
  }

  @Test("A body is asked for only once its credential is known")
  func expectation() async throws {
    try await RunningIssuer.with { issuer in
      let answer = try await answer(
        to:
          "POST /session-token HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\nExpect: 100-continue\r\n"
          + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n", from: issuer)
      #expect(statuses(answer) == ["401"])
    }
  }

  @Test("A head that comes byte by byte has the time of a request, not of a connection")
  func drippingHead() async throws {
    try await RunningIssuer.with(flags: [.requestTimeout: "1", .idleTimeout: "60"]) { issuer in
      let raw = try RawConnection(port: issuer.port)
      let trickle = Task {
        for byte in "GET /healthz HTTP/1.1\r\nX-Long: " + String(repeating: "x", count: 1000) {
          raw.send(String(byte))
          try await Task.sleep(for: .milliseconds(100))
        }
      }
      let start = ContinuousClock.now
      #expect(statuses(await raw.readToEnd()) == ["408"])
      trickle.cancel()
      #expect(ContinuousClock.now - start < .seconds(8))
    }
  }

  #if os(Linux)
  @Test("Clients that pipeline and never read hold little memory, and others are answered meanwhile")
  func greedyClients() async throws {
    let directory = try TemporaryDirectory()
    let issuer = try IssuerProcess(directory.path, port: try IssuerProcess.freePort())
    let before = try issuer.residentKilobytes()
    let request = "GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    let flood = String(repeating: request, count: 32_768 / request.utf8.count)
    let connections = try (0..<100).map { _ in try RawConnection(port: issuer.port) }
    for connection in connections { connection.send(flood) }
    for _ in 0..<20 {
      let ready = try await ChildProcess.shell("curl -sS -m 5 http://127.0.0.1:\(issuer.port)/readyz")
        .outcome()
      #expect(ready.output.contains("\"ready\""))
    }
    let growth = try issuer.residentKilobytes() - before
    #expect(growth < 48 << 10, "100 connections hold \(growth) kB")
    withExtendedLifetime(connections) {}
  }
  #endif

  @Test("A host asks over a Unix domain socket")
  func socket() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/issuer.sock"
    try await RunningIssuer.with(flags: [.host: "unix:" + path], in: directory) { issuer in
      let answer = try await ChildProcess.shell(
        """
        curl -sS -m 10 --unix-socket '\(path)' -H 'Authorization: Bearer \(try issuer.credential)' \
        -H 'Content-Type: application/json' -d '\(RunningIssuer.order.description)' http://localhost/session-token
        """
      ).outcome()
      #expect(answer.output.hasPrefix("{\"token\":\""), "\(answer)")
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("The socket of an issuer that runs is not taken over, and one that was left behind is")
  func usedSocket() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/issuer.sock"
    let flags: [Setting: String] = [.host: "unix:" + path, .operatorListen: "off"]
    try await RunningIssuer.with(flags: flags, in: directory) { _ in
      let other = try await IssuerService(
        IssuerConfiguration(
          Settings(
            flags: flags.merging(DemoSetup(directory.path).settings) { $1 }.merging([
              .issuer: "https://id.example.com"
            ]) { $1 })),
        logger: Logger(label: "other") { _ in SwiftLogNoOpLogHandler() })
      let error = await #expect(throws: SettingsError.self) { try await other.run() }
      #expect(
        error?.description.contains("another process listens on unix:") == true,
        "\(String(describing: error))")
    }
    let left = try await shell(
      "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"\(path)\")' && test -S '\(path)'")
    #expect(left.isEmpty)
    try await RunningIssuer.with(flags: flags, in: directory) { _ in }
  }
}
#endif
