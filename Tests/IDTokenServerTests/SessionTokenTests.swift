#if Server
import Foundation
import IDTokens
import JOSECore
import Testing

@testable import IDTokenServer

/// The status table of `POST /session-token`, row by row.
@Suite struct SessionTokenTests {
  @Test("a host gets a token for its user, not to be stored, which the app's secret verifies")
  func token() async throws {
    try await RunningIssuer.with { issuer in
      let answer = try await issuer.order(["staffMemberId": 7, "currency": "CAD", "posVersion": "10.6.0"])
      #expect(answer.status == 200 && answer.headers["cache-control"] == "no-store")
      #expect(answer.headers["content-type"] == "application/json")
      let json = try answer.json()
      #expect(json.members.map(\.name) == ["token", "expiresAt"])
      let secret = try ClientSecret(issuer.text("loyalty-app.secret"))
      let verifier = TokenVerifier(.secret(secret), audience: "loyalty-app", issuer: .anyShop)
      let token = try #require(json["token"]?.string)
      let claims = try verifier.verify(token, at: WallClock.system.now)
      #expect(claims.subject == "42" && json["expiresAt"]?.integer == claims.expiresAt.secondsSinceEpoch)
    }
  }

  @Test("an OpenID app's token verifies with the JWKS that the issuer serves")
  func openID() async throws {
    try await RunningIssuer.with { issuer in
      let token = try #require(
        try await issuer.order(["clientId": "warehouse-app"]).json()["token"]?.string)
      let body = try await issuer.request("GET", "/.well-known/jwks.json").body
      let bytes = Array(body.utf8)
      let keys = try JWKSet(parsing: bytes.span)
      let verifier = TokenVerifier(.jwkSet(keys), audience: "warehouse-app", issuer: "https://id.example.com")
      #expect(try verifier.verify(token, at: WallClock.system.now).subject == "42")
    }
  }

  @Test("a session that is named is the token's sid; without a name it stays the same for a user and app")
  func sessions() async throws {
    try await RunningIssuer.with { issuer in
      func sid(_ changes: JSONObject) async throws -> String? {
        let token = try #require(try await issuer.order(changes).json()["token"]?.string)
        let payload = try #require(token.split(separator: ".").dropFirst().first)
        let claims = try Base64URL.decode(String(payload))
        return try JSONObject(parsing: claims.span)["sid"]?.string
      }
      #expect(try await sid(["sessionId": "till-7"]) == "till-7")
      let first = try await sid([:])
      #expect(try await sid([:]) == first)
      #expect(try await sid(["clientId": "warehouse-app"]) != first)
    }
  }

  @Test("204 without a body where the user lacks the permission, and a line that says so")
  func notPermitted() async throws {
    try await RunningIssuer.with { issuer in
      let answer = try await issuer.order(["userId": 43])
      #expect(answer.status == 204 && answer.body.isEmpty && answer.headers["cache-control"] == "no-store")
      let line = try #require(issuer.log.refusals.last)
      #expect(line.metadata["reason"] == "not_permitted" && line.metadata["host"] == "till-1")
    }
  }

  static let malformed: [(String, String)] = [
    ("", "malformed JSON"), ("[]", "an array"), ("{", "malformed JSON"), ("null", "null"),
    (#"{"shop":"a.myshopify.com","shop":"b.myshopify.com"}"#, "malformed JSON"),
    (#"{"store":"snow-devil.myshopify.com"}"#, "unknown member store"), ("{}", "shop is missing"),
    (#"{"shop":42}"#, "shop is an integer, not a string"),
    (#"{"shop":"https://snow-devil.myshopify.com"}"#, "shop is no host name"),
    (#"{"shop":"snow-devil.myshopify.com","shopId":"1001"}"#, "shopId is a string, not an integer"),
    (#"{"shop":"snow-devil.myshopify.com","shopId":-1}"#, "shopId is negative"),
    (#"{"shop":"snow-devil.myshopify.com","shopId":1.5}"#, "shopId is a number that is no integer"),
    (#"{"userId":null}"#, "userId is null, not an integer"),
    (#"{"clientId":""}"#, "clientId is no client ID"),
    (#"{"sessionId":"a b"}"#, "sessionId is no session ID"),
    (#"{"currency":"cad"}"#, "currency is no code"),
    (#"{"posVersion":""}"#, "posVersion is 1 to 64"),
    (#"{"posVersion":"10.6.0 ✓"}"#, "posVersion is 1 to 64 printable ASCII characters"),
    (#"{"shop":"snow-devil.myshopify.com","shopId":9007199254740993.0}"#, "no integer"),
    (#"{"a\"b\\c":1}"#, "unknown member a'b?c"),
  ]

  @Test("400 says what is wrong with which member, in the characters of RFC 6749 §5.2")
  func malformed() async throws {
    try await RunningIssuer.with { issuer in
      for (body, reason) in Self.malformed {
        let answer = try await issuer.post(body)
        #expect(answer.status == 400 && answer.error == "invalid_request", "\(body): \(answer.body)")
        #expect(answer.description.contains(reason), "\(body): \(answer.description)")
        #expect(
          answer.description.utf8.allSatisfy { (0x20...0x7e).contains($0) && $0 != 0x22 && $0 != 0x5c })
        #expect(answer.headers["cache-control"] == "no-store")
      }
    }
  }

  @Test("a number that is whole is an integer, however it is written")
  func wholeNumbers() async throws {
    try await RunningIssuer.with { issuer in
      let written = RunningIssuer.order.description.replacingOccurrences(of: ":1001", with: ":1.001e3")
      #expect(written != RunningIssuer.order.description)
      let answer = try await issuer.post(written)
      #expect(answer.status == 200, "\(answer.body)")
    }
  }

  @Test("401 with a challenge where there is no credential, or none that is known")
  func unauthenticated() async throws {
    try await RunningIssuer.with { issuer in
      let body = RunningIssuer.order.description
      let json = ["Content-Type": "application/json"]
      var answers = [try await issuer.request("POST", "/session-token", json, body: body)]
      for field in [
        "Bearer nobody", "Basic dXNlcjpwYXNz", "Bearer", "Bearer \(try issuer.credential)x", "",
      ] {
        answers.append(
          try await issuer.request(
            "POST", "/session-token", json.merging(["Authorization": field]) { $1 }, body: body))
      }
      for answer in answers {
        #expect(answer.status == 401 && answer.error == "invalid_client")
        #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer realm=") == true)
      }
    }
  }

  @Test("403 in the same words for a shop, an app and an app that nobody knows")
  func confined() async throws {
    try await RunningIssuer.with { issuer in
      let changes: [JSONObject] = [
        ["shop": "other.myshopify.com"], ["clientId": "unknown-app"],
      ]
      for change in changes {
        let answer = try await issuer.order(change)
        #expect(answer.status == 403 && answer.error == "access_denied")
        #expect(answer.description == "this host is not registered for this shop and app")
      }
      #expect(issuer.log.refusals.allSatisfy { $0.metadata["host"] == "till-1" })
    }
  }

  @Test("404, 405 with Allow, and 415 are JSON as every error")
  func others() async throws {
    try await RunningIssuer.with { issuer in
      let missing = try await issuer.request("GET", "/session-token/")
      #expect(missing.status == 404 && missing.error == "invalid_request")
      let method = try await issuer.request("GET", "/session-token")
      #expect(
        method.status == 405 && method.headers["allow"] == "POST" && method.error == "invalid_request")
      let put = try await issuer.request("PUT", "/.well-known/jwks.json")
      #expect(put.status == 405 && put.headers["allow"] == "GET, HEAD")
      let text = try await issuer.post("{}", ["Content-Type": "text/plain"])
      #expect(text.status == 415 && text.error == "invalid_request")
      let parameters = try await issuer.post(
        RunningIssuer.order.description, ["Content-Type": "Application/JSON; charset=utf-8"])
      #expect(parameters.status == 200)
    }
  }
}
#endif
