#if Server
import Foundation
import JOSECore
import Testing

@testable import IDTokenServer

/// What a client sends that means it ill, or goes by an odd corner of the standard.
@Suite struct HostileRequestTests {
  private func answer(_ issuer: RunningIssuer, _ text: String) async throws -> String {
    let raw = try RawConnection(port: issuer.port)
    raw.send(text)
    return await raw.readToEnd()
  }

  @Test(
    "A request with several Host fields, or with a user in one, is refused with 400",
    arguments: ["localhost\r\nHost: evil.example", "localhost:x@evil.example", "a, b", "a/b"])
  func hosts(host: String) async throws {
    try await RunningIssuer.with { issuer in
      let answer = try await answer(
        issuer, "GET /healthz HTTP/1.1\r\nHost: \(host)\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("\"error\":\"invalid_request\""))
      #expect(!answer.contains("\"ok\""))
    }
  }

  @Test("A client that expects 100 Continue gets it")
  func expectContinue() async throws {
    try await RunningIssuer.with(flags: [.requestTimeout: "2"]) { issuer in
      let body = RunningIssuer.order.description
      let raw = try RawConnection(port: issuer.port)
      raw.send(
        "POST /session-token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-Continue\r\n"
          + "Authorization: Bearer \(try issuer.credential)\r\nContent-Type: application/json\r\n"
          + "Content-Length: \(body.utf8.count)\r\n\r\n")
      // What it says at once shows in front of the 408, since the body never comes.
      let answer = await raw.readToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 408 "), "\(answer)")
    }
  }

  @Test("A connection is closed for the option close in any case, among other options")
  func close() async throws {
    try await RunningIssuer.with(flags: [.idleTimeout: "60"]) { issuer in
      for option in ["Close", "close, TE", "keep-alive, CLOSE"] {
        let start = ContinuousClock.now
        let answer = try await answer(
          issuer, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: \(option)\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && ContinuousClock.now - start < .seconds(8))
      }
    }
  }

  @Test("Batches don't evade the rate of a credential")
  func batches() async throws {
    try await RunningIssuer.with(flags: [.rate: "1", .burst: "1"]) { issuer in
      let order = RunningIssuer.order.description
      let batch = "{\"requests\":[\(Array(repeating: order, count: 100).joined(separator: ","))]}"
      #expect(try await issuer.post(batch, to: "/session-tokens").status == 200)
      issuer.clock.advance(by: 30)
      let answer = try await issuer.order()
      #expect(answer.status == 429)
      let seconds = try #require(answer.headers["retry-after"].flatMap { Int64($0) })
      #expect((50...71).contains(seconds))
      issuer.clock.advance(by: seconds)
      #expect(try await issuer.order().status == 200)
    }
  }

  @Test("Connections are limited by the files that the process may open, with a reserve for its own")
  func connectionRoom() {
    #expect(ConnectionLimit.connections(files: nil) == nil)
    #expect(ConnectionLimit.connections(files: 1024) == 896)
    #expect(ConnectionLimit.connections(files: 100) == 50)
    #expect([nil, 1024, 32, 1].map { ConnectionLimit.operators(files: $0) } == [32, 32, 8, 1])
  }
}
#endif
