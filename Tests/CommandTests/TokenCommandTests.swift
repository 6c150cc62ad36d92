import Foundation
import Testing

@Suite struct TokenCommandTests {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  func mint(_ more: String...) throws -> Run {
    try idtoken(["mint"] + appOptions + ["--client-secret-file", workspace.secret] + more)
  }

  func verify(_ token: String, _ more: String...) throws -> Run {
    try idtoken(["verify", "--client-secret-file", workspace.secret] + more + [token])
  }

  @Test("verify accepts what mint prints, and prints its claims as JSON")
  func roundTrip() throws {
    let token = try mint(
      "--at", "1800000000", "--session-id", "s-1", "--lifetime", "120", "--claim", "till=3"
    ).output
    let run = try verify(token.trimmed, "--client-id", "my-app", "--at", "1800000060")
    #expect(run.status == 0)
    let claims = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(claims["sid"] as? String == "s-1")
    #expect(claims["exp"] as? Int == 1_800_000_120)
    #expect(claims["till"] as? Int == 3)
  }

  @Test("mint prints --count tokens, one per line, as JSON with --json")
  func count() throws {
    #expect(try mint("--count", "3").output.split(separator: "\n").count == 3)
    for line in try mint("--count", "2", "--json", "--at", "1800000000").output.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["expiresAt"] as? Int == 1_800_000_060)
    }
  }

  @Test("verify refuses with exit status 1 and the reason on standard error only")
  func refused() throws {
    let token = try mint("--at", "1800000000").output.trimmed
    let late = try verify(token, "--at", "1800000082")
    #expect(late.status == 1)
    #expect(late.output.isEmpty)
    #expect(late.error.contains("expired at 2027-01-15T08:01:00Z, 12 s before now − leeway"))
    let other = try verify(token, "--client-id", "other", "--at", "1800000000")
    #expect(other.status == 1)
    #expect(other.error.contains("audience is my-app, expected other"))
    let machine = try verify(token, "--json", "--at", "1900000000")
    #expect(machine.error.contains(#"{"error":"expired","#))
  }

  @Test("verify reads the token from standard input if none is given")
  func standardInput() throws {
    let token = try mint("--at", "1800000000").output
    let arguments = ["verify", "--client-secret-file", workspace.secret, "--at", "1800000000"]
    #expect(try idtoken(arguments, input: token).status == 0)
    #expect(try idtoken(arguments + ["-"], input: token).status == 0)
    #expect(try idtoken(arguments, input: "").status == 64)
  }

  @Test("white space around a token is ignored, within a token it is refused")
  func whiteSpace() throws {
    let token = try mint("--at", "1800000000").output.trimmed
    #expect(try verify(" \(token)\n", "--at", "1800000000").status == 0)
    let arguments = ["verify", "--client-secret-file", workspace.secret, "--at", "1800000000"]
    for broken in ["\(token.prefix(9)) \(token.dropFirst(9))", "\(token)\n\(token)\n", "\(token)\nmore"] {
      #expect(try verify(broken, "--at", "1800000000").status == 1)
      #expect(try idtoken(arguments, input: broken).status == 1)
    }
  }

  @Test("inspect refuses standard input that never ends")
  func endlessInput() throws {
    let run = try shell("idtoken inspect - < /dev/zero")
    #expect(run.status == 74)
    #expect(run.error.contains("could not read standard input: it is longer than"))
  }

  @Test("verify fails if it can't print the claims, though the token is valid")
  func closedOutput() throws {
    let token = try mint("--at", "1800000000").output.trimmed
    let run = try shell(
      "idtoken verify --client-secret-file \(workspace.secret) --at 1800000000 \(token) >&-")
    #expect(run.status == 74)
    #expect(run.error.contains("could not write to standard output"))
  }

  @Test("verify accepts a token by either of two secrets")
  func twoSecrets() throws {
    try workspace.write("another-secret-of-more-than-32-bytes", to: "new.secret", mode: 0o600)
    let token = try mint("--at", "1800000000").output.trimmed
    let new = ["--client-secret-file", workspace.path + "/new.secret", "--at", "1800000000"]
    #expect(try idtoken(["verify"] + new + [token]).status == 1)
    #expect(try idtoken(["verify"] + new + ["--client-secret-file", workspace.secret, token]).status == 0)
  }

  @Test("verify accepts a ring's token by the JWKS that jwks printed")
  func ring() throws {
    _ = try idtoken("keys", "init", "--ring", workspace.ring)
    try workspace.write(try idtoken("jwks", "--ring", workspace.ring).output, to: "jwks.json")
    let options = ["--ring", workspace.ring, "--alg", "ES256", "--issuer", "https://id.example.com"]
    let token = try idtoken(["mint"] + appOptions + options).output.trimmed
    let check = ["verify", "--jwks", workspace.path + "/jwks.json", "--client-id", "my-app", token]
    #expect(try idtoken(check + ["--issuer", "https://id.example.com"]).status == 0)
    let refused = try idtoken(check + ["--issuer", "https://evil.example.com"])
    #expect(refused.error.contains("issuer is https://id.example.com, expected https://evil.example.com"))
  }

  @Test("inspect shows header, claims and times, and says that nothing is verified")
  func inspect() throws {
    let token = try mint("--at", "1800000000").output.trimmed
    let run = try idtoken("inspect", "--at", "1800000020", token)
    #expect(run.status == 0)
    #expect(run.output.contains(#""alg": "HS256""#))
    #expect(run.output.contains("exp  2027-01-15T08:01:00Z  in 40 s"))
    #expect(run.output.contains("NOT VERIFIED"))
    #expect(try idtoken("inspect", "--json", token).output.contains(#""verified": false"#))
    #expect(try idtoken("inspect", "a.b").status == 1)
  }

  @Test("verify accepts times with a fraction (RFC 7519 §2), and inspect shows them")
  func fractions() throws {
    let header = base64URL(#"{"alg":"HS256","typ":"JWT"}"#)
    let claims = base64URL(
      """
      {"iss":"https://snow-devil.myshopify.com/admin","dest":"https://snow-devil.myshopify.com","aud":"my-app",\
      "sub":"42","exp":1800000060.5,"nbf":1799999999.25,"iat":1.80000000075e9,"jti":"j","sid":"s"}
      """)
    let signature = try shell(
      """
      printf %s '\(header).\(claims)' | openssl dgst -sha256 -hmac "$(cat '\(workspace.secret)')" -binary \
      | base64 -w 0 | tr '+/' '-_' | tr -d '='
      """
    ).output
    let token = "\(header).\(claims).\(signature)"
    let run = try verify(token, "--client-id", "my-app", "--at", "1800000000")
    #expect(run.status == 0, "\(run.error)")
    let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(json?["exp"] as? Double == 1_800_000_060.5)
    #expect(try verify(token, "--leeway", "0", "--at", "1800000060").error.contains("expired at"))
    let shown = try idtoken("inspect", "--at", "1800000020", token).output
    #expect(shown.contains("iat  2027-01-15T08:00:00Z  20 s ago"), "\(shown)")
    #expect(shown.contains("nbf  2027-01-15T07:59:59Z  21 s ago"), "\(shown)")
    #expect(shown.contains("exp  2027-01-15T08:01:00Z  in 40 s"), "\(shown)")
  }

  @Test("verify says which claims it didn't check")
  func unchecked() throws {
    let token = try mint("--at", "1800000000").output.trimmed
    let note = "idtoken: aud is not checked; pass --client-id to check it\n"
    #expect(try verify(token, "--at", "1800000000").error == note)
    #expect(try verify(token, "--at", "1800000000", "--client-id", "my-app").error.isEmpty)
  }

  @Test("--at takes RFC 3339 as well as seconds")
  func time() throws {
    let token = try mint("--at", "2027-01-15T08:00:00Z").output.trimmed
    #expect(try verify(token, "--at", "1800000059").status == 0)
    #expect(try verify(token, "--at", "2027-01-15T09:00:00Z").status == 1)
  }

  @Test(
    "inspect and verify escape what a terminal doesn't show as itself, and the JSON stays the same",
    arguments: [
      "\u{9b}", "\u{a0}", "\u{ad}", "\u{61c}", "\u{200b}", "\u{200d}", "\u{2028}", "\u{2029}", "\u{202e}",
      "\u{2066}", "\u{3000}", "\u{fe0f}", "\u{feff}", "\u{e000}", "\u{e0041}",
    ])
  func visible(character: Character) throws {
    let token = try mint("--claim", "x=\"a\(character)b é漢✓\"").output.trimmed
    let escaped = String(character).utf16.map { String(format: "\\u%04x", Int($0)) }.joined()
    for output in [
      try idtoken("inspect", token).output, try idtoken("inspect", "--json", token).output,
      try verify(token).output,
    ] {
      #expect(output.contains("a\(escaped)b é漢✓"))
      #expect(!output.unicodeScalars.contains(character.unicodeScalars.first ?? " "))
    }
    let json = try JSONSerialization.jsonObject(with: Data(verify(token).output.utf8)) as? [String: Any]
    #expect(json?["x"] as? String == "a\(character)b é漢✓")
  }

  @Test("an error escapes what it quotes from a token")
  func visibleError() throws {
    let token = try mint().output.trimmed
    let parts = token.split(separator: ".")
    let header = base64URL(#"{"alg":"HS256","typ":"\u202e\u200b\u001b[31m"}"#)
    let run = try verify("\(header).\(parts[1]).\(parts[2])")
    #expect(run.status == 1)
    #expect(
      run.error.unicodeScalars.allSatisfy { ![0x1b, 0x200b, 0x202e].contains($0.value) }, "\(run.error)")
  }

  @Test("output to a pipe has no colour")
  func noColour() throws {
    #expect(try !idtoken("inspect", mint().output.trimmed).output.contains("\u{1b}["))
  }
}

private func base64URL(_ text: String) -> String {
  Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    .replacing("=", with: "")
}

extension String {
  var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
