import Testing

@Suite struct BadInputTests {
  let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    try workspace.write("", to: "empty.secret", mode: 0o600)
    try workspace.write("short\n", to: "short.secret", mode: 0o600)
    try workspace.write("a-client-secret-of-more-than-32-bytes", to: "open.secret", mode: 0o644)
  }

  @Test(
    "bad input to mint is refused with what was wrong and what to do",
    arguments: [
      (["--shop", "https://snow-devil.myshopify.com"], 64, "without https://"),
      (["--shop", "example.com"], 64, "example.com is not a myshopify.com shop"),
      (["--user", "forty-two"], 64, "\"forty-two\" is not a user ID; it is a number"),
      (["--client-id", ""], 64, "\"\" is not a client ID"),
      (["--lifetime", "0"], 64, "a lifetime of 0 s is refused; it is 1 to 86400 whole seconds"),
      (["--lifetime", "86401"], 64, "a lifetime of 86401 s"),
      (["--count", "0"], 64, "--count is 1 or more"),
      (["--claim", "iss=\"x\""], 64, "the claim \"iss\" is set by the issuer"),
      (["--claim", "till=three"], 64, "till=three"),
      (["--at=-5"], 64, "can't be issued at"),
      (["--client-secret-file", "empty.secret"], 78, "the secret has 0 bytes; HS256 needs 32 or more"),
      (["--client-secret-file", "short.secret"], 78, "the secret has 5 bytes"),
      (["--client-secret-file", "open.secret"], 77, "chmod 600 open.secret"),
      (["--client-secret-file", "no.secret"], 74, "could not read no.secret"),
      (["--issuer", "https://id.example.com"], 64, "--issuer goes with --ring"),
      (["--ring", "r"], 64, "either --client-secret-file"),
    ])
  func mint(changes: [String], status: Int, reason: String) throws {
    var options = [
      "--shop": "snow-devil.myshopify.com", "--user": "42", "--client-id": "my-app",
      "--client-secret-file": "app.secret",
    ]
    var more: [String] = []
    if changes.count == 2, options[changes[0]] != nil {
      options[changes[0]] = changes[1]
    } else {
      more = changes
    }
    let run = try idtoken(["mint"] + options.flatMap { [$0.key, $0.value] } + more, in: workspace.path)
    #expect(run.status == status)
    #expect(run.error.contains(reason))
    #expect(run.output.isEmpty)
  }

  @Test("a private key in place of the JWKS, or no JSON, is refused with the file's name")
  func badJWKS() throws {
    try workspace.write("-----BEGIN PRIVATE KEY-----", to: "jwks.json")
    let run = try idtoken(["verify", "--jwks", "jwks.json", "a.b.c"], in: workspace.path)
    #expect(run.status == 78)
    #expect(run.error.contains("jwks.json is no JWK Set"))
  }
}

@Suite struct HelpTests {
  @Test(
    "every command has examples in its help",
    arguments: [
      [], ["demo"], ["keys", "init"], ["keys", "list"], ["keys", "step"], ["keys", "rotate"],
      ["keys", "revoke"],
      ["keys", "import"], ["keys", "audit"], ["policy", "check"], ["jwks"], ["jwks", "export"],
      ["jwks", "confirm"],
      ["mint"], ["verify"], ["inspect"],
    ])
  func examples(command: [String]) throws {
    let run = try idtoken(command + ["--help"])
    #expect(run.status == 0)
    #expect(run.output.contains("EXAMPLES"))
  }

  @Test("demo makes a ring, shows a verified token of each profile and the refusal")
  func demo() throws {
    let workspace = try Workspace()
    for _ in ["without a ring", "with the ring of the first time"] {
      let run = try idtoken("demo", "--ring", workspace.ring)
      #expect(run.status == 0)
      #expect(run.output.contains(#"{"alg":"HS256","typ":"JWT"}"#))
      #expect(run.output.contains(#"{"alg":"RS256","typ":"JWT","kid":"#))
      #expect(run.output.matches(of: /verified as the backend of/).count == 2)
      #expect(run.output.contains("getSessionToken() → nil"))
    }
  }
}
