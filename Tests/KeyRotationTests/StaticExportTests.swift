import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct StaticExportTests {
  private func export(
    _ ring: KeyRingState, issuer: String = "https://id.example.com", at now: NumericDate = birth
  ) throws -> StaticExport {
    try StaticExport(KeyRingSnapshot(ring), issuer: issuer, at: now)
  }

  @Test("There is the JWKS as it is served, and a discovery document that points to it")
  func contents() throws {
    let ring = try newRing([.es256, .edDSA])
    let files = try export(ring).files
    #expect(files.map(\.path) == [".well-known/jwks.json", ".well-known/openid-configuration"])
    #expect(files.map(\.contentType) == ["application/jwk-set+json", "application/json"])
    #expect(try files[0].contents == ring.jwks.bytes)
    let document = files[1].contents
    let discovery = try JSONObject(parsing: document.span)
    #expect(discovery["issuer"] == "https://id.example.com")
    #expect(discovery["jwks_uri"] == "https://id.example.com/.well-known/jwks.json")
    #expect(discovery["id_token_signing_alg_values_supported"] == ["ES256", "EdDSA"])
  }

  @Test(
    "An issuer with a slash at its end keeps it, and the JWKS lies under it (OpenID Connect Discovery §4)")
  func slash() throws {
    let document = try export(newRing(), issuer: "https://a.example/t/").files[1].contents
    let discovery = try JSONObject(parsing: document.span)
    #expect(discovery["issuer"] == "https://a.example/t/")
    #expect(discovery["jwks_uri"] == "https://a.example/t/.well-known/jwks.json")
  }

  @Test("Ed448 keys, for which some verifiers drop a whole set, are in a set of their own and in no other")
  func rareKeys() throws {
    let ring = try newRing([.es256, .ed448])
    let files = try export(ring).files
    #expect(
      files.map(\.path) == [
        ".well-known/jwks.json", ".well-known/jwks-ed448.json", ".well-known/openid-configuration",
      ])
    let sets = try files.prefix(2).map { file in
      let contents = file.contents
      return try JWKSet(parsing: contents.span).keys.compactMap(\.keyID)
    }
    #expect(sets[0] == ring.keys.filter { $0.algorithm == .es256 }.map(\.keyID))
    #expect(sets[1] == ring.keys.filter { $0.algorithm == .ed448 }.map(\.keyID))
    #expect(String(decoding: files[2].contents, as: UTF8.self).contains("/.well-known/jwks.json"))
    let alone = try export(newRing([.ed448])).files.map { String(decoding: $0.contents, as: UTF8.self) }
    #expect(alone.first == "{\"keys\":[]}")
    #expect(alone.last?.contains("/.well-known/jwks-ed448.json") == true)
  }

  @Test("The entity tag is the hash of the contents: the same for the same, another for others")
  func entityTag() throws {
    let ring = try newRing()
    let (first, later) = (try export(ring).files[0], try export(ring, at: birth + 500).files[0])
    #expect(first.entityTag == later.entityTag)
    #expect(try Base64URL.decode(String(first.entityTag.dropFirst().dropLast())).count == 32)
    #expect(first.entityTag.hasPrefix("\"") && first.entityTag.hasSuffix("\""))
    #expect(try export(ring.rotated(at: birth)).files[0].entityTag != first.entityTag)
  }

  @Test("The max-age of all files is the ring's at the time of the export")
  func maxAge() throws {
    let ring = try newRing()
    for now in [birth, birth + (policy.rotationPeriod - 1000)] {
      let expected = CacheLifetime(ring).seconds(at: now)
      #expect((expected == 3600) == (now == birth))
      let files = try export(ring, at: now).files
      #expect(files.map(\.cacheControl) == Array(repeating: "public, max-age=\(expected)", count: 2))
    }
  }

  @Test("A revoked key that is remembered shortens no max-age: its removal doesn't change the set")
  func maxAgeAfterRevocation() throws {
    let ring = try newRing()
    let standby = ring.keyIDs(.published)[0]
    let next = try ring.taken(.revoke(keyID: standby, reason: "spare"), at: birth).ring.waiting(at: birth)
    #expect(next.keys(.revoked).count == 1)
    #expect(try export(next).files[0].cacheControl == "public, max-age=3600")
  }

  @Test("What is written is the files and a manifest that names each with its headers")
  func written() throws {
    let directory = try TemporaryDirectory()
    let export = try export(newRing())
    for _ in ["new", "over the old one"] { try export.write(to: directory.ring) }
    for file in export.files {
      #expect(try Array(directory.text(of: "ring/\(file.path)").utf8) == file.contents)
    }
    let manifest = try #require(try JSONValue(parsing: directory.text(of: "ring/publish.json")).object)
    #expect(manifest["epoch"] == 1)
    let files = try #require(manifest["files"]?.array).compactMap(\.object)
    #expect(files.map { $0["path"]?.string } == export.files.map(\.path))
    #expect(files.map { $0["etag"]?.string } == export.files.map(\.entityTag))
    #expect(files.map { $0["cacheControl"]?.string } == export.files.map(\.cacheControl))
    #expect(files.map { $0["contentType"]?.string } == export.files.map(\.contentType))
    #expect(try directory.names(in: "ring").allSatisfy { !$0.hasSuffix(".new") })
  }

  @Test("A revoked key is in no export")
  func revoked() throws {
    let ring = try newRing()
    let keyID = ring.keyIDs(.active)[0]
    let next = try ring.taken(.revoke(keyID: keyID, reason: "stolen"), at: birth).ring
    #expect(!String(decoding: try export(next).files[0].contents, as: UTF8.self).contains(keyID))
  }
}
