#if Server
import Foundation
import IDTokens
import JOSECore
import TestSupport
import Testing

@testable import IDTokenServer

@Suite struct HostTests {
  @Test("A host's credential is replaced without downtime: two are valid, then the old one is revoked")
  func rotation() async throws {
    try await RunningIssuer.with { issuer in
      let (old, new) = (try issuer.credential, try HostCredential())
      let editor = HostsFileEditor(issuer.directory + "/hosts.json")
      try editor.addCredential(new, to: "till-1")
      try await eventually { try await issuer.order(credential: new.text).status == 200 }
      #expect(try await issuer.order(credential: old).status == 200)
      let first = try #require(
        try editor.hosts().first?["credentials"]?.array?.first?.object?["sha256"]?.string)
      try editor.revoke(String(first.prefix(12)), of: "till-1")
      try await eventually { try await issuer.order(credential: old).status == 401 }
      #expect(try await issuer.order(credential: new.text).status == 200)
    }
  }

  @Test("A host gets tokens for its own shops and apps only, and '*' stands for all of them")
  func confinement() async throws {
    try await RunningIssuer.with { issuer in
      let (narrow, wide) = (try HostCredential(), try HostCredential())
      let editor = HostsFileEditor(issuer.directory + "/hosts.json")
      try editor.add("narrow", shops: [DemoSetup.shop], apps: ["warehouse-app"], narrow)
      try editor.add("wide", shops: ["*"], apps: ["*"], wide)
      try await eventually { try await issuer.order(credential: wide.text).status == 200 }
      #expect(try await issuer.order(credential: narrow.text).status == 403)
      #expect(try await issuer.order(["clientId": "warehouse-app"], credential: narrow.text).status == 200)
      #expect(try await issuer.order(["shop": "other.myshopify.com"], credential: wide.text).status == 204)
    }
  }

  @Test(
    "A revoked permission takes effect within seconds; a malformed file changes nothing and is logged"
  )
  func reload() async throws {
    try await RunningIssuer.with { issuer in
      try issuer.write("{\"hosts\": [", to: "hosts.json")
      try await eventually {
        issuer.log.entries.contains { $0.level == .error && $0.text.contains("hosts.json") }
      }
      #expect(try await issuer.order().status == 200)
      let apps = try issuer.text("apps.json").replacing("\"user\": 42", with: "\"user\": 43")
      try issuer.write(apps, to: "apps.json")
      try await eventually { try await issuer.order().status == 204 }
    }
  }

  @Test("A changed secret takes effect within seconds, and so does one that was missing")
  func secretReload() async throws {
    try await RunningIssuer.with { issuer in
      func rewrite(_ name: String, _ secret: String) throws {
        try? FileManager.default.removeItem(atPath: "\(issuer.directory)/\(name)")
        _ = FileManager.default.createFile(
          atPath: "\(issuer.directory)/\(name)", contents: Data(secret.utf8),
          attributes: [.posixPermissions: 0o600])
      }
      func isSigned(with secret: String) async throws -> Bool {
        let token = try #require(try await issuer.order().json()["token"]?.string)
        let verifier = try TokenVerifier(
          .secret(ClientSecret(secret)), audience: "loyalty-app", issuer: .anyShop)
        return (try? verifier.verify(token, at: WallClock.system.now)) != nil
      }
      let (second, third) = (String(repeating: "second", count: 8), String(repeating: "third", count: 8))
      #expect(try await isSigned(with: issuer.text("loyalty-app.secret")))
      try rewrite("loyalty-app.secret", second)
      try await eventually { try await isSigned(with: second) }
      let apps = try issuer.text("apps.json").replacing("loyalty-app.secret", with: "new.secret")
      try issuer.write(apps, to: "apps.json")
      try await eventually {
        issuer.log.entries.contains { $0.level == .error && $0.text.contains("new.secret") }
      }
      #expect(try await isSigned(with: second))
      try rewrite("new.secret", third)
      try await eventually { try await isSigned(with: third) }
    }
  }

  static let refusals: [(String, String)] = [
    (
      #"{"hosts":[{"name":"a","credential":[]}]}"#,
      "hosts[0].credential is not a known member"
    ),
    (#"{"hosts":[{"name":"a"},{"name":"a"}]}"#, "hosts[1].name \"a\" occurs twice"),
    (
      #"{"hosts":[{"name":"a b"}]}"#,
      "hosts[0].name is refused: “a b” is not a host name: use 1 to 64 visible ASCII characters"
    ),
    (
      #"{"hosts":[{"name":"a","credentials":[{"sha256":"abc"}]}]}"#,
      "hosts[0].credentials[0].sha256 is not the 64 hex digits of a SHA-256"
    ),
    (
      #"{"hosts":[{"name":"a","rate":{"per_second":0}}]}"#,
      "hosts[0].rate.per_second is 0; it must be 1 to 1000000"
    ),
    (#"{"hosts":[{"name":"a","shops":["https://a.b"]}]}"#, "hosts[0].shops is refused: \"https://a.b\""),
  ]

  @Test("A hosts file that can't be used is refused, with the path of the error", arguments: refusals)
  func refused(text: String, reason: String) throws {
    let directory = try TemporaryDirectory()
    try DemoSetup(directory.path).make()
    let path = directory.path + "/hosts.json"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: HostsFileError.self) { try HostRegistry(path) }
    #expect(try #require(error).description.contains(reason))
  }

  @Test(
    "A name, shop or app that can't be one is refused by itself, and the file stays as it was",
    arguments: [
      (
        "bad name", "a.myshopify.com", "app",
        "“bad name” is not a host name: use 1 to 64 visible ASCII characters"
      ),
      ("", "a.myshopify.com", "app", "“” is not a host name"),
      ("till", "https://a", "app", "\"https://a\" is not the host name of a shop"),
      ("till", "*", "a b", "\"a b\""),
    ])
  func refusedArgument(name: String, shop: String, app: String, reason: String) throws {
    let directory = try TemporaryDirectory()
    let path = directory["hosts.json"]
    let error = #expect(throws: (any Error).self) {
      try HostsFileEditor(path).add(name, shops: [shop], apps: [app], HostCredential())
    }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix(reason) && !text.contains("hosts["), "\(text)")
    #expect(try directory.names().isEmpty)
  }

  @Test("A credential prints as redacted, and the hosts file has only its hash")
  func redacted() throws {
    let directory = try TemporaryDirectory()
    let demo = DemoSetup(directory.path)
    try demo.make()
    let credential = try HostCredential()
    #expect(!"\(credential)".contains(credential.text) && credential.text.utf8.count == 43)
    try HostsFileEditor(directory.path + "/hosts.json").addCredential(credential, to: "till-1")
    let file = try String(contentsOfFile: directory.path + "/hosts.json", encoding: .utf8)
    #expect(!file.contains(credential.text) && file.contains(credential.name))
  }
}
#endif
