import JOSECore
import TestSupport
import Testing

@Suite("PEM that is refused")
struct PEMRefusalTests {
  private func privateKey(_ text: String) throws -> PrivateKey {
    try PrivateKey(pem: SecretBytes(utf8: text))
  }

  @Test("RSA of 1024 bits is refused with its size")
  func shortRSA() throws {
    let openssl = try OpenSSLCommand()
    let pem = try openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out key.pem")
    #expect(pem.isEmpty)
    let publicPEM = try openssl("pkey -in key.pem -pubout")
    let privatePEM = try openssl.text(of: "key.pem")
    #expect(throws: JOSEError.modulusTooShort(bits: 1024)) { try privateKey(privatePEM) }
    #expect(throws: JOSEError.modulusTooShort(bits: 1024)) { try PublicKey(pem: publicPEM) }
    #expect(
      JOSEError.modulusTooShort(bits: 1024).description
        == "the RSA key has 1024 bits; RFC 7518 §3.3 asks for 2048 or more")
  }

  @Test(
    "a curve that JWA does not know is refused by its name",
    arguments: ["secp256k1", "brainpoolP256r1", "secp224r1", "sect283k1"])
  func curve(_ name: String) throws {
    let openssl = try OpenSSLCommand()
    try openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:\(name) -out key.pem")
    let privatePEM = try openssl.text(of: "key.pem")
    let publicPEM = try openssl("pkey -in key.pem -pubout")
    let error = JOSEError.invalidKey("an EC key on \(name); RFC 7518 §6.2.1.1 knows P-256, P-384 and P-521")
    #expect(throws: error) { try privateKey(privatePEM) }
    #expect(throws: error) { try PublicKey(pem: publicPEM) }
  }

  @Test(
    "a type that JWA has no algorithm for is refused by its name",
    arguments: [
      ("RSA-PSS -pkeyopt rsa_keygen_bits:2048", "RSA-PSS"), ("X25519", "X25519"), ("X448", "X448"),
      ("DH -pkeyopt group:ffdhe2048", "DH"), ("SM2", "SM2"),
    ])
  func type(_ arguments: String, _ name: String) throws {
    let openssl = try OpenSSLCommand()
    try openssl("genpkey -algorithm \(arguments) -out key.pem")
    let privatePEM = try openssl.text(of: "key.pem")
    let publicPEM = try openssl("pkey -in key.pem -pubout")
    for text in [refusal { try privateKey(privatePEM) }, refusal { try PublicKey(pem: publicPEM) }] {
      #expect(text?.contains("keys of type \(name) have no JWS algorithm here") == true, "\(text ?? "")")
    }
  }

  @Test("DSA is refused")
  func dsa() throws {
    let openssl = try OpenSSLCommand()
    try openssl("genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 -out parameters.pem")
    let pem = try openssl("genpkey -paramfile parameters.pem")
    let text = refusal { try privateKey(pem) }
    #expect(text?.contains("keys of type DSA have no JWS algorithm here") == true, "\(text ?? "")")
  }

  @Test("a public key or certificate where a private key is expected is named")
  func publicForPrivate() throws {
    let publicPEM = try Sample.p256.publicKey.pem()
    #expect(throws: JOSEError.invalidPEM("a private key is expected, and it holds PUBLIC KEY")) {
      try privateKey(publicPEM)
    }
    let openssl = try OpenSSLCommand()
    try openssl.write(Sample.p256.pem().text, to: "key.pem")
    let certificate = try openssl("req -x509 -key key.pem -subj /CN=test -days 1")
    #expect(throws: JOSEError.invalidPEM("a private key is expected, and it holds CERTIFICATE")) {
      try privateKey(certificate)
    }
    #expect(throws: JOSEError.invalidPEM("a public key (SPKI) is expected, and it holds CERTIFICATE")) {
      try PublicKey(pem: certificate)
    }
  }

  @Test("a private key where a public key is expected is named, so that nobody publishes it")
  func privateForPublic() throws {
    let pem = try Sample.p256.pem().text
    #expect(throws: JOSEError.invalidPEM("a public key (SPKI) is expected, and it holds PRIVATE KEY")) {
      try PublicKey(pem: pem)
    }
  }

  @Test(
    "text without PEM is refused",
    arguments: [
      "", "\n", "garbage", "-----BEGIN", "-----BEGIN -----", "----------", "\0\0\0", "-----END X-----",
    ])
  func noPEM(_ text: String) {
    #expect(throws: JOSEError.invalidPEM("a private key is expected, and there is no PEM block in it")) {
      try privateKey(text)
    }
    #expect(throws: JOSEError.invalidPEM("a public key (SPKI) is expected, and there is no PEM block in it"))
    {
      try PublicKey(pem: text)
    }
  }

  @Test("a key file cut anywhere is refused")
  func truncated() throws {
    for key in [Sample.p256, Sample.ed25519, Sample.rsa] {
      let (pem, publicPEM) = (try key.pem().text, try key.publicKey.pem())
      // Without its last five dashes and line end the footer is no footer.
      for count in 0..<(pem.count - 6) {
        #expect(throws: JOSEError.self) { try privateKey(String(pem.prefix(count))) }
      }
      for count in 0..<(publicPEM.count - 6) {
        #expect(throws: JOSEError.self) { try PublicKey(pem: String(publicPEM.prefix(count))) }
      }
    }
  }

  @Test("a key file with any character changed gives an error or a key, and never a key whose halves differ")
  func damaged() throws {
    var generator = SeededGenerator(seed: 7468)
    for key in [Sample.p256, Sample.ed25519] {
      let pem = Array(try key.pem().text.utf8)
      for _ in 0..<400 {
        let index = Int.random(in: pem.indices, using: &generator)
        let text = String(
          decoding: pem.changing(at: index, by: 1 << UInt8.random(in: 0...6, using: &generator)),
          as: UTF8.self)
        guard let read = try? privateKey(text) else { continue }
        let algorithm: Algorithm = if case .ec = read.kind { .es256 } else { .edDSA }
        let signature = try SigningKey(algorithm, read).signature(of: AlgorithmTests.message)
        #expect(
          try VerificationKey(algorithm, read.publicKey).accepts(signature, for: AlgorithmTests.message))
      }
    }
  }

  @Test("a public point off its curve is refused")
  func offCurve() throws {
    let der = try Base64.decode(pem: Sample.p256.publicKey.pem())
    let pem = Base64.pem("PUBLIC KEY", der.changing(at: der.count - 1))
    #expect(throws: JOSEError.self) { try PublicKey(pem: pem) }
  }

  @Test("a refusal shows no control character that the text brought along")
  func controlCharacters() {
    let text = "-----BEGIN \u{1b}[2J\u{9b}31m\u{7}KEY-----\nAAAA\n-----END \u{1b}[2JKEY-----\n"
    for reason in [refusal { try privateKey(text) }, refusal { try PublicKey(pem: text) }] {
      #expect(reason != nil)
      #expect(reason?.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } == true)
    }
  }

  /// OpenSSL asks at the terminal, or reads standard input, where it is given no callback.
  @Test("a public key that says it is encrypted is refused without asking for a passphrase")
  func encryptedPublicKey() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let text = try Self.publicKeyWithEncryptionHeader()
      let reason = refusal { try PublicKey(pem: text) }
      #expect(
        reason == "not the PEM that is needed: OpenSSL could not read the public key: bad password read")
    }
    #expect(!String(decoding: result.standardErrorContent, as: UTF8.self).contains("pass phrase"))
  }

  private static func publicKeyWithEncryptionHeader() throws -> String {
    let lines = try Sample.p256.publicKey.pem().split(separator: "\n")
    let header = ["Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF", ""]
    return ([String(lines[0])] + header + lines.dropFirst().map(String.init) + [""]).joined(separator: "\n")
  }
}
