import Foundation
import Testing

@Suite struct ExportCommandTests {
  let workspace: Workspace
  private var export: String { workspace.path + "/public" }

  init() throws {
    workspace = try Workspace()
    try workspace.write(#"{"publication":"exported","algorithms":["ES256"]}"#, to: "keys-policy.json")
    let policy = ["--policy", workspace.path + "/keys-policy.json"]
    _ = try idtoken(["keys", "init", "--ring", workspace.ring] + policy)
    _ = try idtoken("keys", "rotate", "--ring", workspace.ring)
  }

  private func runExport(_ more: String...) throws -> Run {
    try idtoken(
      ["jwks", "export", "--ring", workspace.ring, "--output", export, "--issuer", "https://id.example.com"]
        + more)
  }

  private func confirm(_ server: LocalServer) throws -> Run {
    try idtoken("jwks", "confirm", server.url, "--ring", workspace.ring)
  }

  private func file(_ name: String) throws -> String {
    try String(contentsOfFile: "\(export)/\(name)", encoding: .utf8)
  }

  @Test("jwks export writes the set that jwks prints, the discovery document and the headers")
  func files() throws {
    let run = try runExport()
    #expect(run.status == 0)
    #expect(run.output.contains("application/jwk-set+json  public, max-age=3600"))
    let written =
      try JSONSerialization.jsonObject(with: Data(file(".well-known/jwks.json").utf8)) as? NSDictionary
    let printed = try idtoken("jwks", "--ring", workspace.ring).output
    #expect(try written == (JSONSerialization.jsonObject(with: Data(printed.utf8)) as? NSDictionary))
    #expect(
      try file(".well-known/openid-configuration").contains("https://id.example.com/.well-known/jwks.json"))
    #expect(try file("publish.json").contains("\"etag\""))
  }

  @Test("jwks confirm fetches the public copy and starts the waiting period of its keys")
  func confirmed() throws {
    _ = try runExport()
    let before = try idtoken("keys", "list", "--ring", workspace.ring)
    #expect(before.output.contains("waits for 'idtoken jwks confirm'"))
    let run = try confirm(LocalServer(body: file(".well-known/jwks.json")))
    #expect(run.status == 0, "\(run.error)")
    #expect(run.output.contains("confirmed ES256 "))
    let after = try idtoken("keys", "list", "--ring", workspace.ring)
    #expect(!after.output.contains("waits for 'idtoken jwks confirm'"))
    #expect(after.output.contains("may sign from"))
  }

  @Test("jwks export --confirm writes and confirms")
  func both() throws {
    _ = try runExport()
    let server = try LocalServer(body: file(".well-known/jwks.json"))
    let run = try runExport("--confirm", server.url)
    #expect(run.status == 0, "\(run.error)")
    #expect(run.output.contains("holds every key of epoch 2"))
  }

  @Test(
    "jwks confirm changes nothing if the public copy lacks a key, is no JWK Set or is missing",
    arguments: [
      ("200 OK", #"{"keys":[]}"#, " lacks "), ("200 OK", "<html>", "jwks.json: "),
      ("404 Not Found", "", "answers with status 404"),
    ])
  func refused(status: String, body: String, reason: String) throws {
    let before = try idtoken("keys", "list", "--json", "--ring", workspace.ring).output
    let run = try confirm(LocalServer(status: status, body: body))
    #expect(run.status == 1)
    #expect(run.error.contains(reason), "\(run.error)")
    #expect(try idtoken("keys", "list", "--json", "--ring", workspace.ring).output == before)
  }

  @Test(
    "jwks confirm fetches http and https URLs only",
    arguments: ["file:///etc/passwd", "ftp://a.example/", "jwks"])
  func address(url: String) throws {
    let run = try idtoken("jwks", "confirm", url, "--ring", workspace.ring)
    #expect(run.status == 1)
    #expect(run.error.contains("is not an http or https URL"))
  }
}
