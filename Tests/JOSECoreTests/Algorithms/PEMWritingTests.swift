import JOSECore
import Testing

@Suite("Keys that we wrote")
struct PEMWritingTests {
  @Test(
    "the openssl command reads our PKCS#8 and our SPKI and finds the same public key",
    arguments: CommandKey.all)
  func command(_ key: CommandKey) throws {
    let openssl = try OpenSSLCommand()
    let privateKey = try PrivateKey.generate(key.kind)
    try openssl.write(privateKey.pem().text, to: "key.pem")
    try openssl.write(privateKey.publicKey.pem(), to: "public.pem")
    let fromPrivate = try openssl("pkey -in key.pem -check -pubout")
    #expect(fromPrivate.contains(try openssl("pkey -pubin -in public.pem -pubcheck -pubout").suffix(60)))
    #expect(try PublicKey(pem: openssl("pkey -in key.pem -pubout")) == privateKey.publicKey)
  }

  @Test(
    "the openssl command opens our encrypted PKCS#8 with the passphrase and not with another",
    arguments: [CommandKey.elliptic[0]])
  func encryptedCommand(_ key: CommandKey) throws {
    let openssl = try OpenSSLCommand()
    let privateKey = try PrivateKey.generate(key.kind)
    try openssl.write(privateKey.pem(passphrase: SecretBytes(utf8: "correct")).text, to: "sealed.pem")
    #expect(
      try PublicKey(pem: openssl("pkey -in sealed.pem -passin pass:correct -pubout")) == privateKey.publicKey)
    #expect(try openssl.run("pkey -in sealed.pem -passin pass:wrong -pubout").status != 0)
  }

  @Test("a private key comes back from its PEM", arguments: CommandKey.all)
  func roundTrip(_ key: CommandKey) throws {
    let privateKey = try PrivateKey.generate(key.kind)
    let pem = try privateKey.pem()
    #expect(pem.text.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    #expect(pem.text.hasSuffix("-----END PRIVATE KEY-----\n"))
    let again = try PrivateKey(pem: pem)
    #expect(again.publicKey == privateKey.publicKey)
    #expect(try again.pem() == pem)
    #expect(try PublicKey(pem: privateKey.publicKey.pem()) == privateKey.publicKey)
  }

  @Test("a key without encryption is read although a passphrase is at hand")
  func needless() throws {
    let pem = try Sample.ed25519.pem()
    let key = try PrivateKey(pem: pem, passphrase: SecretBytes(utf8: "not needed"))
    #expect(key.publicKey == Sample.ed25519.publicKey)
  }

  @Test("an encrypted key is opened by its passphrase, and by no other and not without one")
  func encrypted() throws {
    let pem = try Sample.p256.pem(passphrase: SecretBytes(utf8: "correct"))
    #expect(pem.text.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
    let key = try PrivateKey(pem: pem, passphrase: SecretBytes(utf8: "correct"))
    #expect(key.publicKey == Sample.p256.publicKey)
    #expect(throws: JOSEError.invalidPEM("the private key is encrypted, and no passphrase was given")) {
      try PrivateKey(pem: pem)
    }
    for wrong in ["", "Correct", "correct "] {
      let text = refusal { try PrivateKey(pem: pem, passphrase: SecretBytes(utf8: wrong)) }
      #expect(text?.hasSuffix("is the passphrase right?") == true, "\(wrong)")
    }
  }

  @Test("the encryption is AES-256 under PBKDF2 with SHA-256 and 600 000 iterations")
  func parameters() throws {
    let openssl = try OpenSSLCommand()
    try openssl.write(Sample.p256.pem(passphrase: SecretBytes(utf8: "correct")).text, to: "sealed.pem")
    let structure = try openssl("asn1parse -in sealed.pem")
    for part in ["PBKDF2", "hmacWithSHA256", "aes-256-cbc", "INTEGER           :0927C0"] {
      #expect(structure.contains(part), "\(part)")
    }
  }

  @Test("what a passphrase of this many bytes locks, it opens", arguments: [1, 1024])
  func passphraseLength(_ count: Int) throws {
    let passphrase = SecretBytes([UInt8](repeating: 0xfe, count: count))
    let pem = try Sample.ed25519.pem(passphrase: passphrase)
    #expect(try PrivateKey(pem: pem, passphrase: passphrase).publicKey == Sample.ed25519.publicKey)
  }

  @Test("an empty passphrase is refused: it would lock nothing")
  func emptyPassphrase() {
    #expect(throws: JOSEError.emptyPassphrase) { try Sample.ed25519.pem(passphrase: SecretBytes([])) }
  }

  /// OpenSSL reads passphrases into 1024 bytes; a key locked with a longer one would be lost.
  @Test(
    "a passphrase that could not open the key again is refused when the key is written",
    arguments: [1025, 5000])
  func unusablePassphrase(_ count: Int) {
    let passphrase = SecretBytes([UInt8](repeating: 0xfe, count: count))
    #expect(throws: JOSEError.passphraseTooLong(bytes: count, limit: 1024)) {
      try Sample.ed25519.pem(passphrase: passphrase)
    }
  }
}
