import JOSECore
import Testing

@Suite("EC keys that write their curve out as numbers")
struct ExplicitCurveTests {
  private static let generator = [UInt8](
    hex: """
      046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
      4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5
      """)

  @Test("are the same keys where the numbers are those of P-256")
  func same() throws {
    let openssl = try OpenSSLCommand()
    try openssl("ecparam -name P-256 -genkey -noout -out named.pem")
    try openssl("ec -in named.pem -param_enc explicit -out key.pem")
    let named = try PrivateKey(pem: SecretBytes(utf8: openssl.text(of: "named.pem")))
    let explicit = try PrivateKey(pem: SecretBytes(utf8: openssl.text(of: "key.pem")))
    #expect(explicit.kind == .ec(.p256))
    #expect(explicit.publicKey == named.publicKey)
  }

  /// CVE-2020-0601: over a generator that is the victim's public key, the private key 1 belongs to that public key.
  @Test("are refused where the generator is another one")
  func otherGenerator() throws {
    let openssl = try OpenSSLCommand()
    try openssl("ecparam -name P-256 -genkey -noout -out named.pem")
    var der = try Base64.decode(pem: openssl("ec -in named.pem -param_enc explicit -pubout"))
    let point = Array(der.suffix(65))
    let index = try #require(
      der.indices.dropLast(65).first { Array(der[$0..<($0 + 65)]) == Self.generator })
    #expect(try PublicKey(pem: Base64.pem("PUBLIC KEY", der)).kind == .ec(.p256))
    der.replaceSubrange(index..<(index + 65), with: point)
    #expect(throws: JOSEError.self) { try PublicKey(pem: Base64.pem("PUBLIC KEY", der)) }
  }
}
