#if Server
import JOSECore
import Testing

@testable import IDTokenServer

@Suite struct BatchTests {
  private func batch(_ orders: [JSONValue]) -> String {
    JSONObject(dictionaryLiteral: ("requests", .array(orders))).description
  }

  @Test("A batch has an answer for each request in order: a token, null for 204, or an error")
  func mixed() async throws {
    try await RunningIssuer.with { issuer in
      var (stranger, elsewhere) = (RunningIssuer.order, RunningIssuer.order)
      stranger["userId"] = 43
      elsewhere["shop"] = "other.myshopify.com"
      let orders: [JSONValue] = [
        .object(RunningIssuer.order), .object(stranger), .object(elsewhere), 7, .object(["shop": 1]),
        .object(RunningIssuer.order),
      ]
      let answer = try await issuer.post(batch(orders), to: "/session-tokens")
      #expect(answer.status == 200 && answer.headers["cache-control"] == "no-store")
      let tokens = try #require(try answer.json()["tokens"]?.array)
      try #require(tokens.count == 6)
      #expect(tokens[0].object?["token"]?.string != nil && tokens[5].object?["token"]?.string != nil)
      #expect(tokens[1] == .null && tokens[2].object?["error"]?.string == "access_denied")
      #expect(tokens[3].object?["error_description"]?.string?.contains("an integer") == true)
      #expect(tokens[4].object?["error"]?.string == "invalid_request")
    }
  }

  @Test("A batch has 1 to 256 requests and no other member")
  func refused() async throws {
    try await RunningIssuer.with(flags: [.burst: "1000"]) { issuer in
      let order = JSONValue.object(RunningIssuer.order)
      #expect(
        try await issuer.post(batch(Array(repeating: order, count: 256)), to: "/session-tokens").status
          == 200)
      let bad = [
        batch([]), batch(Array(repeating: order, count: 257)), "{}", #"{"requests":{}}"#,
        #"{"requests":[],"more":1}"#,
      ]
      for body in bad {
        let answer = try await issuer.post(body, to: "/session-tokens")
        #expect(answer.status == 400 && answer.error == "invalid_request")
      }
    }
  }
}
#endif
