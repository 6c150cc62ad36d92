#if Server
import JOSECore
import NIOCore
import Testing

@testable import IDTokenServer

/// Each limit, with its clear answer.
@Suite struct LimitTests {
  @Test("A body over the limit gets 413, with a Content-Length or without")
  func body() async throws {
    try await RunningIssuer.with(flags: [.bodyLimit: "2048"]) { issuer in
      let long = "{\"shop\":\"" + String(repeating: "a", count: 4096) + "\"}"
      let said = try await issuer.post(long)
      #expect(
        said.status == 413 && said.error == "invalid_request" && said.description.contains("2048 bytes"))
      let raw = try RawConnection(port: issuer.port)
      raw.send(
        "POST /session-token HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(try issuer.credential)\r\n"
          + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n"
          + String(repeating: "a", count: 4096) + "\r\n0\r\n\r\n")
      let answer = await raw.readToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("\"invalid_request\""))
      #expect(try await issuer.order().status == 200)
    }
  }

  @Test(
    "A header over the limit gets 431 and malformed HTTP 400, both as JSON, and the connection is closed")
  func header() async throws {
    try await RunningIssuer.with { issuer in
      let large = try RawConnection(port: issuer.port)
      large.send(
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Large: \(String(repeating: "a", count: 20_000))\r\n\r\n")
      let answer = await large.readToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 431 ") && answer.contains("\"error\":\"invalid_request\""))
      for text in [
        "hello\r\n\r\n", "GET / HTTP/1.1\r\nbad header\r\n\r\n", "GET / HTTP/9.9\r\n\r\n\r\n",
        "\u{16}\u{3}\u{1}\0\0",
      ] {
        let raw = try RawConnection(port: issuer.port)
        raw.send(text)
        let answer = await raw.readToEnd()
        #expect(
          answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("\"error\":\"invalid_request\""),
          "\(text): \(answer)")
      }
      #expect(try await issuer.order().status == 200)
    }
  }

  @Test("A request that arrives too slowly gets 408, even if bytes keep coming")
  func slow() async throws {
    let counts = CountingMetrics()
    try await RunningIssuer.with(flags: [.requestTimeout: "1", .idleTimeout: "2"], metrics: counts) {
      issuer in
      let raw = try RawConnection(port: issuer.port)
      raw.send(
        "POST /session-token HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(try issuer.credential)\r\n"
          + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
      let trickle = Task {
        while !Task.isCancelled {
          raw.send(" ")
          try await Task.sleep(for: .milliseconds(200))
        }
      }
      let (start, answer) = (ContinuousClock.now, await raw.readToEnd())
      trickle.cancel()
      #expect(answer.hasPrefix("HTTP/1.1 408 ") && answer.contains("\"invalid_request\""))
      #expect(ContinuousClock.now - start < .seconds(8))
      // Who waited for the rest hears of it later, and says nothing more.
      try await eventually { counts["idtoken_request_duration_seconds route=/session-token"] == 1 }
      #expect(counts["idtoken_refusals_total reason=invalid_request"] == 1)
      #expect(issuer.log.refusals.map { $0.metadata["status"] } == ["408"])
      // A header that never ends, too.
      let header = try RawConnection(port: issuer.port)
      header.send("GET /healthz HTTP/1.1\r\nHost:")
      let began = ContinuousClock.now
      _ = await header.readToEnd()
      #expect(ContinuousClock.now - began < .seconds(8))
    }
  }

  @Test("A credential beyond its rate gets 429 with the seconds to wait; another one isn't affected")
  func rate() async throws {
    try await RunningIssuer.with(flags: [.rate: "1", .burst: "2"]) { issuer in
      let other = try HostCredential()
      try HostsFileEditor(issuer.directory + "/hosts.json").addCredential(other, to: "till-1")
      #expect(try await issuer.order().status == 200)
      #expect(try await issuer.order().status == 200)
      // A machine under load may be slow enough for another one.
      var last = try await issuer.order()
      for _ in 0..<10 where last.status == 200 { last = try await issuer.order() }
      #expect(last.status == 429 && last.error == "slow_down")
      let seconds = try #require(last.headers["retry-after"].flatMap { Int64($0) })
      #expect((1...3).contains(seconds))
      issuer.clock.advance(by: seconds)
      #expect(try await issuer.order().status == 200)
      try await eventually { try await issuer.order(credential: other.text).status == 200 }
    }
  }

  @Test("Requests beyond the limit get 503 with Retry-After, and health is still answered")
  func crowd() async throws {
    try await RunningIssuer.with(flags: [.concurrentRequests: "1"]) { issuer in
      let slow = try RawConnection(port: issuer.port)
      let body = RunningIssuer.order.description
      slow.send(
        "POST /session-token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer \(try issuer.credential)\r\n"
          + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
      try await eventually { try await issuer.request("GET", "/.well-known/jwks.json").status == 503 }
      let answer = try await issuer.order()
      #expect(answer.status == 503 && answer.error == "temporarily_unavailable")
      #expect(answer.headers["retry-after"] == "1")
      #expect(try await issuer.request("GET", "/healthz").status == 200)
      slow.send(body)
      #expect(await slow.readToEnd().hasPrefix("HTTP/1.1 200 "))
      #expect(try await issuer.order().status == 200)
    }
  }

  @Test(
    "A bucket fills with time up to its burst, and a batch beyond that needs a full bucket and leaves a debt"
  )
  func bucket() {
    let start = NIODeadline.now()
    let bucket = TokenBucket(Rate(perSecond: 2, burst: 4), at: start)
    #expect(bucket.take(4, at: start) == nil && bucket.take(1, at: start) == 1)
    #expect(bucket.take(1, at: start + .milliseconds(500)) == nil)
    #expect(bucket.take(10, at: start + .seconds(1)) == 2)
    #expect(bucket.take(10, at: start + .hours(1)) == nil && bucket.take(1, at: start + .hours(1)) == 4)
    #expect(bucket.take(1, at: start + .hours(1) + .seconds(3)) == 1)
    #expect(bucket.take(1, at: start + .hours(1) + .seconds(4)) == nil)
    #expect(bucket.take(4, at: start + .hours(9_000)) == nil && bucket.take(1, at: start) != nil)
  }
}
#endif
