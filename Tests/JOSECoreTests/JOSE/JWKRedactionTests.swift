import JOSECore
import Testing

@Suite("Tokens and private JWKs do not print")
struct JWKRedactionTests {
  private func texts<Value>(_ value: Value) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    return ["\(value)", String(reflecting: value), "\([value])", "\(Optional(value) as Any)", dumped]
  }

  @Test("a token shows its header and nothing that it could be used with")
  func token() throws {
    let parts = [#"{"alg":"HS256"}"#, #"{"sub":"the-subject"}"#, "the-signature-bytes"]
    let token = try CompactJWS(parsing: parts.map(\.base64URL).joined(separator: "."))
    for text in texts(token) {
      #expect(text.contains(#"CompactJWS({"alg":"HS256"}, <redacted>)"#))
      for part in parts.dropFirst() {
        #expect(!text.contains(part) && !text.contains(part.base64URL))
        #expect(!text.contains("- \(part.utf8.first ?? 0)\n"), "a dump of the bytes")
      }
    }
  }

  @Test(
    "a private JWK shows its kid", arguments: [Published.ec, Published.okp, Published.rsa, Published.oct])
  func privateJWK(_ jwk: JSONObject) throws {
    for text in texts(try PrivateJWK(jwk.with("kid", "k1"))) {
      #expect(text.contains("PrivateJWK(kid: k1, <redacted>)"))
      for name in ["d", "k", "p", "q"] {
        if let secret = jwk[name]?.string { #expect(!text.contains(secret.prefix(12))) }
      }
    }
  }
}
