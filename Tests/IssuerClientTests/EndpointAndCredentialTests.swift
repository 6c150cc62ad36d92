#if Server && Client
import IDTokens
import IssuerClient
import SessionHost
import TestSupport
import Testing

@Suite struct EndpointAndCredentialTests {
  @Test(
    "the URL of an issuer is https, or http on this machine",
    arguments: [
      "https://id.example.com", "https://id.example.com:8443/tenant", "http://localhost:8080",
      "http://127.0.0.1:1", "http://127.0.0.2", "http://[::1]:8080", "HTTPS://ID.EXAMPLE.COM",
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
    #expect(throws: IssuerClientError.invalidURL(text)) { try EndpointURL(text) }
  }

  @Test("an issuer's URL with a query is refused")
  func query() throws {
    let url = try EndpointURL("https://id.example.com/?a=b")
    #expect(throws: IssuerClientError.invalidURL(url.text)) {
      try RemoteTokenSource(issuer: url, credential: nil)
    }
    #expect(throws: IssuerClientError.invalidURL(url.text)) { try RemoteJWKSet(issuer: url) }
  }

  @Test(
    "a credential that can't stand in a header is refused, and not repeated",
    arguments: ["", "a b", "a\r\nX-Evil: 1", "é", String(repeating: "a", count: 1025)])
  func badCredential(text: String) {
    let error = #expect(throws: IssuerClientError.self) { try BearerCredential(text) }
    #expect(error?.code == .invalidCredential)
    if !text.isEmpty, let error { #expect(!"\(error)".contains(text)) }
  }

  @Test("a credential prints as redacted, and so does its source")
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

  @Test("a credential is read from a file without its line end; a file that others can read is refused")
  func file() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("the-credential\n", to: "credential")
    #expect(try BearerCredential(contentsOf: path) == BearerCredential("the-credential"))
    try directory.write("the-credential\n", to: "credential", permissions: 0o644)
    let error = #expect(throws: IssuerClientError.self) { try BearerCredential(contentsOf: path) }
    #expect(error?.code == .invalidCredential && "\(error as Any)".contains("chmod 600 \(path)"))
    let missing = #expect(throws: IssuerClientError.self) {
      try BearerCredential(contentsOf: path + ".missing")
    }
    #expect(missing?.code == .invalidCredential)
  }
}
#endif
