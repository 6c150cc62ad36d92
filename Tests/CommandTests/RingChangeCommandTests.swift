import Foundation
import Testing

@Suite struct RingChangeCommandTests {
  let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    _ = try idtoken("keys", "init", "--ring", workspace.ring, "--alg", "ES256")
  }

  private func keys(_ state: String) throws -> [String] {
    let text = try idtoken("keys", "list", "--json", "--ring", workspace.ring).output
    let ring = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let keys = try #require(ring["keys"] as? [[String: Any]])
    return keys.filter { $0["state"] as? String == state }.compactMap { $0["kid"] as? String }
  }

  @Test("keys step changes nothing if no step is pending, and follows a new policy beside the ring")
  func step() throws {
    let unchanged = try idtoken("keys", "step", "--ring", workspace.ring)
    #expect(unchanged.status == 0)
    #expect(unchanged.output.contains("epoch 1"))
    try workspace.write(#"{"algorithms":["ES256","EdDSA"],"max_age":"10m"}"#, to: "keys/policy.json")
    let run = try idtoken("keys", "step", "--ring", workspace.ring)
    // Epoch 2 publishes the new algorithm's keys, epoch 3 starts their waiting period.
    #expect(run.output.contains("epoch 3"))
    #expect(run.output.contains("EdDSA"))
    #expect(try keys("published").count == 2)
  }

  @Test(
    "the policy beside the ring is found whatever the directory's path ends with",
    arguments: ["/", "//", "/."])
  func policyBeside(end: String) throws {
    try workspace.write(#"{"rotation_period":"1h"}"#, to: "keys/policy.json")
    #expect(try idtoken("keys", "step", "--ring", workspace.ring + end).status == 1)
  }

  @Test("keys step refuses a policy that can't keep the promise, and names the file")
  func badPolicy() throws {
    try workspace.write(#"{"rotation_period":"1h"}"#, to: "keys/policy.json")
    let run = try idtoken("keys", "step", "--ring", workspace.ring)
    #expect(run.status == 1)
    #expect(run.error.contains("keys/policy.json: the policy is refused: rotation_period ≥"))
    #expect(try idtoken("keys", "list", "--ring", workspace.ring).output.contains("epoch 1"))
  }

  @Test(
    "keys revoke activates the standby, prints the exposure of each kind of verifier, and logs the reason")
  func revoke() throws {
    let (active, standby) = (try keys("active"), try keys("published"))
    let run = try idtoken("keys", "revoke", active[0], "--reason", "laptop stolen", "--ring", workspace.ring)
    #expect(run.status == 0)
    #expect(run.output.contains("revoked ES256 \(active[0]): laptop stolen"))
    #expect(run.output.contains("within this policy's verifier_bound") && run.output.contains("1 d"))
    #expect(run.output.contains("no limit: restart them"))
    #expect(try keys("active") == standby)
    #expect(try keys("revoked") == active)
    #expect(try !idtoken("jwks", "--ring", workspace.ring).output.contains(active[0]))
    #expect(try idtoken("keys", "audit", "--ring", workspace.ring).output.contains("laptop stolen"))
  }

  @Test("keys revoke refuses a kid that the ring doesn't have as wrong usage")
  func unknown() throws {
    let run = try idtoken("keys", "revoke", "nobody", "--ring", workspace.ring)
    #expect(run.status == 64)
    #expect(run.error.contains("there is no key \"nobody\" in the ring"))
  }

  @Test("keys import creates a ring whose active key is the given one; its first rotation has to wait")
  func importKey() throws {
    let active = try keys("active")[0]
    let other = workspace.path + "/other"
    let file = "\(workspace.ring)/\(active).pem"
    let run = try idtoken("keys", "import", file, "--alg", "ES256", "--ring", other)
    #expect(run.status == 0, "\(run.error)")
    let token = try idtoken(
      ["mint"] + appOptions + ["--ring", other, "--alg", "ES256", "--issuer", "https://id.example.com"])
    try workspace.write(try idtoken("jwks", "--ring", workspace.ring).output, to: "old.json")
    let old = ["verify", "--jwks", workspace.path + "/old.json", "--client-id", "my-app"]
    #expect(try idtoken(old + [token.output.trimmed]).status == 0)
    #expect(try idtoken("keys", "rotate", "--ring", other).status == 1)
    let mismatch = try idtoken("keys", "import", file, "--alg", "RS256", "--ring", workspace.path + "/third")
    #expect(mismatch.status == 78)
    #expect(mismatch.error.contains("RS256 needs an RSA key"))
  }

  @Test("keys import keeps --kid and --not-after: tokens and the list have them")
  func importNamedKey() throws {
    let (active, other) = (try keys("active")[0], workspace.path + "/other")
    let file = "\(workspace.ring)/\(active).pem"
    let told = ["--kid", "2024-03", "--not-after", "2100-01-01T00:00:00Z"]
    let run = try idtoken(["keys", "import", file, "--alg", "ES256", "--ring", other, "--json"] + told)
    #expect(run.status == 0, "\(run.error)")
    #expect(run.output.contains(#""kid": "2024-03""#) && run.output.contains(#""notAfter": 4102444800"#))
    let token = try idtoken(
      ["mint"] + appOptions + ["--ring", other, "--alg", "ES256", "--issuer", "https://id.example.com"])
    #expect(try idtoken("inspect", token.output.trimmed).output.contains("2024-03"))
    let wrong = try idtoken("keys", "import", file, "--alg", "ES256", "--not-after", "soon", "--ring", other)
    #expect(wrong.status == 64)
  }

  @Test("keys audit shows every change, and refuses a log that was edited")
  func audit() throws {
    _ = try idtoken("keys", "rotate", "--ring", workspace.ring)
    let run = try idtoken("keys", "audit", "--ring", workspace.ring)
    #expect(run.status == 0)
    #expect(run.output.contains("ring created") && run.output.contains("3 entries"))
    let json = try idtoken("keys", "audit", "--json", "--ring", workspace.ring).output
    #expect(try (JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])?.count == 3)
    let log = try String(contentsOfFile: workspace.ring + "/audit.log", encoding: .utf8)
    try workspace.write(
      log.replacingOccurrences(of: "ring created", with: "ring found"), to: "keys/ring/audit.log")
    let edited = try idtoken("keys", "audit", "--ring", workspace.ring)
    #expect(edited.status == 1)
    #expect(edited.error.contains("audit.log, line 2: it does not follow from the line before"))
  }
}

@Suite struct PolicyCommandTests {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func check(_ text: String, _ more: String...) throws -> Run {
    try workspace.write(text, to: "policy.json")
    return try idtoken(["policy", "check", "--policy", workspace.path + "/policy.json"] + more)
  }

  @Test("policy check accepts a policy that holds and shows its periods")
  func accepted() throws {
    let run = try check(#"{"rotation_period":"14d","verifier_bound":"12h"}"#)
    #expect(run.status == 0)
    #expect(run.output.contains("can keep the promise"))
    #expect(run.output.contains("14 d") && run.output.contains("12 h 7 min"))
    #expect(try check("{}", "--json").output.contains(#""propagation": 86820"#))
  }

  @Test(
    "policy check refuses a policy that can't hold, with the inequality and its numbers",
    arguments: [
      (#"{"rotation_period":"1d"}"#, "rotation_period is 1d (86400 s), and the bound is 86820 s"),
      (#"{"leeway":10}"#, "leeway is 10, not a duration"),
      (#"{"period":"1d"}"#, "period is not a known member"),
      ("", "policy.json: the policy is refused"),
    ])
  func refused(text: String, reason: String) throws {
    let run = try check(text)
    #expect(run.status == 1)
    #expect(run.error.contains(reason), "\(run.error)")
    #expect(run.output.isEmpty)
  }
}
