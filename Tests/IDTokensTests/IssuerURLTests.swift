import IDTokens
import Testing

@Suite struct IssuerURLTests {
  @Test(
    "What is no https URL without query and fragment is refused (OpenID Connect Discovery §3)",
    arguments: [
      "", "id.example.com", "//id.example.com", "https://", "https:///path", "https:id.example.com",
      "ftp://id.example.com", "https://id.example.com?", "https://id.example.com?a=b",
      "https://id.example.com#f",
      "https://id.example.com/ path", "https://id.example.com/\n", "https://idé.example.com",
      "https://user@id.example.com", "https://user:pw@id.example.com/", "https://:443", "https://[::1",
    ])
  func refused(text: String) {
    let error = #expect(throws: IDTokenError.invalidIssuer(text)) { _ = try IssuerURL(text) }
    #expect(error?.description.contains("https URL without query and fragment") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test(
    "http is for this machine's own addresses alone, not for names that begin like them",
    arguments: [
      "http://id.example.com", "http://localhost.evil.com", "http://127.0.0.1.evil.com", "http://128.0.0.1",
      "http://localhost:1:2",
      "http://localhost@evil.com", "http://[::1].evil.com", "http://[::1]evil.com/", "http://[::2]",
    ])
  func plainHTTP(text: String) {
    #expect(throws: IDTokenError.invalidIssuer(text)) { _ = try IssuerURL(text) }
  }

  @Test(
    "Proper issuers are taken as they stand",
    arguments: [
      "https://id.example.com", "https://id.example.com/", "https://id.example.com:8443/tenant/1",
      "http://localhost", "http://localhost:8080/x", "http://127.0.0.1:8080", "http://127.0.0.2",
      "http://[::1]",
      "http://[::1]:80/",
      "https://[2001:db8::1]:443/x",
    ])
  func accepted(text: String) throws {
    #expect(try IssuerURL(text).text == text)
  }
}
