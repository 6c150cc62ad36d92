import Foundation
import Testing

@Suite struct KeysCommandTests {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test(
    "keys init creates an active key and a standby for RS256 and ES256, in files that only their owner can read"
  )
  func initialise() throws {
    let run = try idtoken("keys", "init", "--ring", workspace.ring, "--json")
    #expect(run.status == 0)
    let ring = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let keys = try #require(ring["keys"] as? [[String: Any]])
    #expect(
      keys.map { "\($0["alg"] ?? "") \($0["state"] ?? "")" }.sorted() == [
        "ES256 active", "ES256 published", "RS256 active", "RS256 published",
      ])
    for key in keys {
      let path = "\(workspace.ring)/\(try #require(key["kid"] as? String)).pem"
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test("keys init refuses a directory that has a ring, and leaves that ring as it is")
  func initialiseTwice() throws {
    _ = try idtoken("keys", "init", "--ring", workspace.ring, "--alg", "ES256")
    // JSON has no ages, which change.
    let before = try idtoken("keys", "list", "--json", "--ring", workspace.ring).output
    let run = try idtoken("keys", "init", "--ring", workspace.ring)
    #expect(run.status == 73)
    #expect(run.error.contains("there is a key ring in \(workspace.ring) already"))
    #expect(try idtoken("keys", "list", "--json", "--ring", workspace.ring).output == before)
  }

  @Test(
    "keys rotate works at once; a second rotation is refused until verifiers know the new standby"
  )
  func rotate() throws {
    _ = try idtoken("keys", "init", "--ring", workspace.ring, "--alg", "ES256")
    let first = try idtoken("keys", "rotate", "--ring", workspace.ring)
    #expect(first.status == 0)
    #expect(first.output.contains("retired") && first.output.contains("epoch 3"))
    let second = try idtoken("keys", "rotate", "--ring", workspace.ring)
    #expect(second.status == 1)
    #expect(second.error.contains("verifiers may hold an older JWKS until"))
  }

  @Test("jwks prints the public keys of active and standby, and nothing private")
  func jwks() throws {
    _ = try idtoken("keys", "init", "--ring", workspace.ring, "--alg", "EdDSA", "--alg", "RS256")
    let run = try idtoken("jwks", "--ring", workspace.ring)
    let set = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: [[String: Any]]])
    let keys = try #require(set["keys"])
    #expect(keys.count == 4)
    for key in keys {
      #expect(Set(key.keys).isDisjoint(with: ["d", "p", "q", "dp", "dq", "qi", "k"]))
      #expect(key["use"] as? String == "sig")
    }
  }

  @Test("an encrypted ring signs with its passphrase, and says that it needs one")
  func passphrase() throws {
    try workspace.write("correct horse battery staple\n", to: "ring.pass", mode: 0o600)
    let passphrase = ["--passphrase-file", workspace.path + "/ring.pass"]
    let made = try idtoken(["keys", "init", "--ring", workspace.ring, "--alg", "ES256"] + passphrase)
    #expect(made.status == 0)
    let options = ["--ring", workspace.ring, "--alg", "ES256", "--issuer", "https://id.example.com"]
    #expect(try idtoken(["mint"] + appOptions + options + passphrase).status == 0)
    let refused = try idtoken(["mint"] + appOptions + options)
    #expect(refused.status == 78)
    #expect(refused.error.contains("are encrypted, and no passphrase was given"))
  }

  @Test(
    "keys commands say what they can't do, where and why",
    arguments: [
      (["keys", "list", "--ring", "nowhere"], 78, "there is no key ring in nowhere"),
      (["keys", "init", "--ring", "/dev/null/ring"], 74, "/dev/null"),
      (["keys", "init", "--ring", "r", "--alg", "HS256"], 64, "HS256 is symmetric"),
      (["keys", "init", "--ring", "r", "--alg", "RS1"], 64, "RS1"),
      (
        ["keys", "init", "--ring", "r", "--alg", "ES256", "--alg", "ES256"], 64, "--alg ES256 is given twice"
      ),
      (
        ["keys", "rotate", "--ring", "r", "--alg", "ES256", "--alg", "ES256"], 64,
        "--alg ES256 is given twice"
      ),
    ])
  func refusals(arguments: [String], status: Int, reason: String) throws {
    let run = try idtoken(arguments, in: workspace.path)
    #expect(run.status == status)
    #expect(run.error.contains(reason))
    #expect(run.output.isEmpty)
  }

  @Test("a private key that others can read is refused with the chmod command that mends it")
  func exposedKey() throws {
    _ = try idtoken("keys", "init", "--ring", workspace.ring, "--alg", "ES256")
    for name in try FileManager.default.contentsOfDirectory(atPath: workspace.ring)
    where name.hasSuffix(".pem") {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o644], ofItemAtPath: "\(workspace.ring)/\(name)")
    }
    let options = ["--ring", workspace.ring, "--alg", "ES256", "--issuer", "https://id.example.com"]
    let run = try idtoken(["mint"] + appOptions + options)
    #expect(run.status == 77)
    #expect(run.error.contains("chmod 600 \(workspace.ring)/"))
  }
}
