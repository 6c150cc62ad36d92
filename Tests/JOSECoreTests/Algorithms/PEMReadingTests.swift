import JOSECore
import Testing

/// A kind of key with the arguments that make the openssl command make it.
struct CommandKey: Sendable, CustomTestStringConvertible {
  let kind: KeyKind
  let arguments: String
  let algorithm: Algorithm

  var testDescription: String { "\(kind)" }

  static let rsa = CommandKey(
    kind: .rsa(modulusBits: 2048), arguments: "RSA -pkeyopt rsa_keygen_bits:2048", algorithm: .rs256)
  static let edwards = [
    CommandKey(kind: .okp(.ed25519), arguments: "ED25519", algorithm: .edDSA),
    CommandKey(kind: .okp(.ed448), arguments: "ED448", algorithm: .edDSA),
  ]
  static let elliptic = zip(KeyKind.EllipticCurve.allCases, [Algorithm.es256, .es384, .es512]).map {
    CommandKey(
      kind: .ec($0), arguments: "EC -pkeyopt ec_paramgen_curve:\($0.rawValue)", algorithm: $1)
  }
  static let all = [rsa] + elliptic + edwards
}

@Suite("Keys that the openssl command wrote")
struct PEMReadingTests {
  /// Reads a private key and proves that it is the one the public key, read on its own, belongs to.
  private func expectPair(
    _ openssl: borrowing OpenSSLCommand, _ name: String, _ key: CommandKey, passphrase: SecretBytes? = nil
  ) throws {
    let privateKey = try PrivateKey(pem: SecretBytes(utf8: openssl.text(of: name)), passphrase: passphrase)
    let publicKey = try PublicKey(pem: openssl("pkey -in key.pem -pubout"))
    #expect(privateKey.kind == key.kind)
    #expect(privateKey.publicKey == publicKey)
    let signature = try SigningKey(key.algorithm, privateKey).signature(of: AlgorithmTests.message)
    #expect(try VerificationKey(key.algorithm, publicKey).accepts(signature, for: AlgorithmTests.message))
  }

  @Test("PKCS#8 and SPKI are read", arguments: CommandKey.all)
  func pkcs8(_ key: CommandKey) throws {
    let openssl = try OpenSSLCommand()
    try openssl("genpkey -algorithm \(key.arguments) -out key.pem")
    try #require(openssl.text(of: "key.pem").hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    try expectPair(openssl, "key.pem", key)
  }

  @Test("encrypted PKCS#8 is read with its passphrase", arguments: CommandKey.all)
  func encrypted(_ key: CommandKey) throws {
    let openssl = try OpenSSLCommand()
    try openssl("genpkey -algorithm \(key.arguments) -out key.pem")
    try openssl("pkcs8 -topk8 -in key.pem -v2 aes-256-cbc -passout pass:correct -out sealed.pem")
    try #require(openssl.text(of: "sealed.pem").hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
    try expectPair(openssl, "sealed.pem", key, passphrase: SecretBytes(utf8: "correct"))
  }

  @Test("PKCS#1 is read")
  func pkcs1() throws {
    let openssl = try OpenSSLCommand()
    try openssl("genpkey -algorithm \(CommandKey.rsa.arguments) -out key.pem")
    try openssl("rsa -in key.pem -traditional -out old.pem")
    try #require(openssl.text(of: "old.pem").hasPrefix("-----BEGIN RSA PRIVATE KEY-----\n"))
    try expectPair(openssl, "old.pem", .rsa)
  }

  @Test("PKCS#1 under the encryption of RFC 1421 is read with its passphrase and refused without")
  func encryptedPKCS1() throws {
    let openssl = try OpenSSLCommand()
    try openssl("genpkey -algorithm \(CommandKey.rsa.arguments) -out key.pem")
    try openssl("rsa -in key.pem -traditional -aes256 -passout pass:correct -out old.pem")
    try #require(openssl.text(of: "old.pem").contains("Proc-Type: 4,ENCRYPTED"))
    try expectPair(openssl, "old.pem", .rsa, passphrase: SecretBytes(utf8: "correct"))
    let pem = SecretBytes(utf8: try openssl.text(of: "old.pem"))
    #expect(throws: JOSEError.self) { try PrivateKey(pem: pem) }
    #expect(throws: JOSEError.self) { try PrivateKey(pem: pem, passphrase: SecretBytes(utf8: "wrong")) }
  }

  @Test("SEC 1 is read, alone and behind its EC PARAMETERS", arguments: CommandKey.elliptic)
  func sec1(_ key: CommandKey) throws {
    let openssl = try OpenSSLCommand()
    let curve = key.arguments.split(separator: ":").last ?? ""
    try openssl("ecparam -name \(curve) -genkey -out parameters.pem")
    try openssl("ec -in parameters.pem -out key.pem")
    try #require(openssl.text(of: "parameters.pem").hasPrefix("-----BEGIN EC PARAMETERS-----\n"))
    try #require(openssl.text(of: "key.pem").hasPrefix("-----BEGIN EC PRIVATE KEY-----\n"))
    try expectPair(openssl, "parameters.pem", key)
    try expectPair(openssl, "key.pem", key)
  }

  @Test("an EC public point in compressed form is read", arguments: CommandKey.elliptic)
  func compressed(_ key: CommandKey) throws {
    let openssl = try OpenSSLCommand()
    try openssl("genpkey -algorithm \(key.arguments) -out key.pem")
    let compressed = try openssl("ec -in key.pem -pubout -conv_form compressed")
    #expect(try PublicKey(pem: compressed) == PublicKey(pem: openssl("pkey -in key.pem -pubout")))
  }

  @Test("CR LF at the line ends, text around the block and a missing last line end do no harm")
  func dressing() throws {
    let openssl = try OpenSSLCommand()
    let pem = try openssl("genpkey -algorithm ED25519")
    let key = try PrivateKey(pem: SecretBytes(utf8: pem)).publicKey
    let lines = pem.split(separator: "\n")
    for text in [lines.joined(separator: "\r\n"), "# my key\n\n" + pem + "\nthe end", String(pem.dropLast())]
    {
      #expect(try PrivateKey(pem: SecretBytes(utf8: text)).publicKey == key)
    }
  }
}
