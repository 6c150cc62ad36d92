#if Server && Client
import Foundation
import IDTokens
import IssuerClient
import SessionHost
import Testing

@Suite struct SetupTests {
  @Test(
    "an issuer is asked over https, or over http on this machine",
    arguments: [
      "https://id.example.com", "https://id.example.com:8443/tenant", "http://localhost:8080",
      "http://127.0.0.1:1", "http://[::1]:8080", "HTTPS://ID.EXAMPLE.COM",
    ])
  func accepted(text: String) throws { #expect(try EndpointURL(text).text == text) }

  @Test(
    "any other URL is refused",
    arguments: [
      "", "id.example.com", "http://id.example.com", "http://127.0.0.1.example.com",
      "http://localhost.evil.com",
      "ftp://localhost", "file:///etc/passwd", "http://localhost@evil.com",
      "https://user:pass@id.example.com",
      "https://id.example.com/#x", "http://[::1].evil.com", "http://localhost\\@evil.com", "https://",
      "http://",
      "https://id.example.com/a b", "unix:///tmp/socket", "http+unix://%2Ftmp%2Fs/", "http://128.0.0.1",
      "https://id.exämple.com",
    ])
  func refused(text: String) {
    #expect(throws: IssuerClientSetupError.invalidURL(text)) { try EndpointURL(text) }
  }

  @Test("a base URL with a query is none")
  func query() throws {
    let url = try EndpointURL("https://id.example.com/?a=b")
    #expect(throws: IssuerClientSetupError.self) { try RemoteTokenSource(issuer: url, credential: nil) }
    #expect(throws: IssuerClientSetupError.self) { try RemoteJWKSet(issuer: url) }
  }

  @Test(
    "a credential that can't stand in a header is refused, and not repeated",
    arguments: ["", "a b", "a\r\nX-Evil: 1", "é", String(repeating: "a", count: 1025)])
  func badCredential(text: String) {
    let error = #expect(throws: IssuerClientSetupError.self) { try BearerCredential(text) }
    if !text.isEmpty, let error { #expect(!"\(error)".contains(text)) }
  }

  @Test("a credential prints as redacted, and so does what holds it")
  func redacted() throws {
    let credential = try BearerCredential("very-secret-credential")
    let source = try RemoteTokenSource(issuer: EndpointURL("http://localhost:1"), credential: credential)
    var dumped = ""
    dump(credential, to: &dumped)
    dump(source, to: &dumped)
    for text in [dumped, "\(credential)", String(reflecting: credential), "\(source)"] {
      #expect(!text.contains("very-secret"))
    }
  }

  @Test("a credential is read from a file, without its line end; one that others can read is refused")
  func file() throws {
    let path = NSTemporaryDirectory() + "credential-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("the-credential\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    #expect(try BearerCredential(contentsOf: path) == BearerCredential("the-credential"))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let error = #expect(throws: IssuerClientSetupError.self) { try BearerCredential(contentsOf: path) }
    #expect("\(try #require(error))".contains("chmod 600 \(path)"))
    #expect(throws: IssuerClientSetupError.self) { try BearerCredential(contentsOf: path + ".missing") }
  }
}
#endif
