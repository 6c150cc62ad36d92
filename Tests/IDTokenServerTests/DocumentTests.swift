#if Server
import JOSECore
import KeyRotation
import Testing

@testable import IDTokenServer

@Suite struct DocumentTests {
  @Test(
    "JWKS and metadata have their media types, the max-age of the schedule, and are open to every origin")
  func headers() async throws {
    try await RunningIssuer.with { issuer in
      let types = [
        "/.well-known/jwks.json": "application/jwk-set+json",
        "/.well-known/openid-configuration": "application/json",
      ]
      for (path, type) in types {
        let answer = try await issuer.request("GET", path)
        #expect(answer.status == 200 && answer.headers["content-type"] == type)
        #expect(answer.headers["cache-control"] == "public, max-age=3600")
        #expect(answer.headers["access-control-allow-origin"] == "*")
        let head = try await issuer.request("HEAD", path)
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head.headers["etag"] == answer.headers["etag"])
        #expect(head.headers["content-length"] == "\(answer.body.utf8.count)")
      }
    }
  }

  @Test("The metadata has what this issuer supports, and no more")
  func metadata() async throws {
    try await RunningIssuer.with { issuer in
      let json = try await issuer.request("GET", "/.well-known/openid-configuration").json()
      #expect(json["issuer"] == "https://id.example.com")
      #expect(json["jwks_uri"] == "https://id.example.com/.well-known/jwks.json")
      #expect(json["id_token_signing_alg_values_supported"] == ["RS256", "ES256"])
      #expect(json["response_types_supported"] == ["id_token"] && json["authorization_endpoint"] == nil)
    }
  }

  @Test("A current copy gets 304 without a body, in every form of If-None-Match")
  func notModified() async throws {
    try await RunningIssuer.with { issuer in
      let tag = try #require(try await issuer.request("GET", "/.well-known/jwks.json").headers["etag"])
      for field in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
        let answer = try await issuer.request("GET", "/.well-known/jwks.json", ["If-None-Match": field])
        #expect(answer.status == 304 && answer.body.isEmpty && answer.headers["etag"] == tag)
        #expect(answer.headers["cache-control"] == "public, max-age=3600")
      }
      let other = try await issuer.request("GET", "/.well-known/jwks.json", ["If-None-Match": "\"other\""])
      #expect(other.status == 200)
    }
  }

  @Test("Before a new key every answer has the max-age of its second, 304 too")
  func beforeNewKey() async throws {
    let policy = RotationPolicy.standard
    let soon: Int64 = 1800
    try await RunningIssuer.with(
      prepare: { directory in
        let birth = WallClock.system.now.advanced(by: soon - policy.rotationPeriod)
        _ = try DirectoryStore(directory + "/ring").create(policy, at: birth)
      },
      { issuer in
        let lifetime = try CacheLifetime(DirectoryStore(issuer.directory + "/ring").existing())
        for second in Int64(0)..<6 {
          for tag in ["\"other\"", "*"] {
            let start = WallClock.system.now.advanced(by: second)
            let answer = try await issuer.request("GET", "/.well-known/jwks.json", ["If-None-Match": tag])
            let end = WallClock.system.now.advanced(by: second)
            let possible = (0...end.seconds(since: start)).map {
              "public, max-age=\(lifetime.seconds(at: start.advanced(by: $0)))"
            }
            #expect(answer.status == (tag == "*" ? 304 : 200))
            #expect(possible.contains(answer.headers["cache-control"] ?? ""))
          }
          issuer.clock.advance(by: 1)
        }
        #expect(lifetime.longest(at: WallClock.system.now) < policy.maxAge)
      })
  }

  @Test("A rotation by another process changes the ETag and the kid of tokens within seconds")
  func rotation() async throws {
    try await RunningIssuer.with { issuer in
      let before = try await issuer.request("GET", "/.well-known/jwks.json")
      let store = DirectoryStore(issuer.directory + "/ring")
      try await store.settle(store.existing().policy, .rotate([.es256]))
      let kid = try #require(try store.existing().activeKey(for: .es256)?.keyID)
      try await eventually { try await issuer.request("GET", "/.well-known/jwks.json").body != before.body }
      let after = try await issuer.request(
        "GET", "/.well-known/jwks.json", ["If-None-Match": before.headers["etag"] ?? ""])
      #expect(after.status == 200 && after.headers["etag"] != before.headers["etag"])
      let token = try #require(
        try await issuer.order(["clientId": "warehouse-app"]).json()["token"]?.string)
      let header = try Base64URL.decode(String(token.prefix { $0 != "." }))
      #expect(try JSONObject(parsing: header.span)["kid"]?.string == kid)
      #expect(after.body.contains(kid))
    }
  }
}

/// Waits for what happens by itself within seconds.
func eventually(_ condition: () async throws -> Bool) async throws {
  for _ in 0..<100 {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(100))
  }
  Issue.record("it has not happened within ten seconds")
}
#endif
