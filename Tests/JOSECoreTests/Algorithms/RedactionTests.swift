import JOSECore
import Testing

@Suite("Secrets do not print")
struct RedactionTests {
  private static let hidden = "s3cr3t-that-nobody-may-see-in-a-log-file"

  /// Everything that Swift can turn a value into.
  private func texts<Value>(_ value: Value) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    var nested = ""
    dump(["key": [value]], to: &nested)
    return [
      "\(value)", String(describing: value), String(reflecting: value), "\([value])",
      "\(Optional(value) as Any)",
      dumped, nested,
    ]
  }

  /// No text may hold one of the secrets, whether as it stands, in hex, in base64url or as a list of bytes.
  private func expectHidden<Value>(_ value: Value, _ secrets: [UInt8]...) {
    for text in texts(value) {
      #expect(text.contains("<redacted>"))
      for secret in secrets {
        #expect(!text.contains(String(decoding: secret.prefix(12), as: UTF8.self)))
        #expect(!text.contains(secret.prefix(12).map { String($0) }.joined(separator: ", ")))
        #expect(!text.contains(Array(secret.prefix(12)).hex))
        #expect(!text.contains(Array(secret.prefix(12)).base64URL))
      }
      // A dump that went into the storage would show addresses or many lines.
      #expect(!text.contains("0x"))
      #expect(text.split(separator: "\n").count <= 5)
    }
  }

  @Test("SecretBytes print as redacted in every way")
  func secretBytes() { expectHidden(SecretBytes(utf8: Self.hidden), Array(Self.hidden.utf8)) }

  @Test("a private key prints as its kind")
  func privateKey() throws {
    let key = try PrivateJWK(RFC8037Keys.a1)
    guard case .privateKey(let privateKey) = key.material else {
      Issue.record("the vector holds no private key")
      return
    }
    #expect("\(privateKey)" == "PrivateKey(an OKP key on Ed25519, <redacted>)")
    expectHidden(privateKey, try Base64URL.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
  }

  @Test("a signing key prints as its algorithm", arguments: Algorithm.allCases)
  func signingKey(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    #expect("\(key)" == "SigningKey(\(algorithm), <redacted>)")
    expectHidden(key, Array("sample secret 16".utf8))
  }

  @Test(
    "a private JWK prints as its kid",
    arguments: [RFC7515Keys.a1, RFC7515Keys.a2, RFC7515Keys.a3, RFC8037Keys.a1])
  func privateJWK(_ text: String) throws {
    let key = try PrivateJWK(text)
    #expect("\(key)" == "PrivateJWK(kid: none, <redacted>)")
    expectHidden(
      key, try Base64URL.decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"),
      try Base64URL.decode("Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulw"), try Base64URL.decode("jpsQnnGQmL-YBIffH113"))
  }

  @Test("what a private JWK holds prints as redacted too", arguments: [RFC7515Keys.a1, RFC7515Keys.a3])
  func material(_ text: String) throws {
    let material = try PrivateJWK(text).material
    for text in texts(material) { #expect(text.contains("<redacted>")) }
  }

  @Test("a verification key prints as its algorithm, for it may hold a secret")
  func verificationKey() throws {
    let key = try VerificationKey(.hs256, secret: Sample.secret)
    for text in texts(key) {
      #expect(text.contains("VerificationKey(HS256)"))
      #expect(!text.contains("sample"))
    }
  }

  @Test("a token prints as its header", arguments: JWSVector.all)
  func token(_ vector: JWSVector) throws {
    let token = try CompactJWS(parsing: vector.token)
    #expect("\(token)" == "CompactJWS(\(token.headerObject), <redacted>)")
    expectHidden(token, token.payload, token.signature, Array(vector.signature.utf8))
  }
}
