import JOSECore
import Testing

@Suite("RSA keys of unusual sizes")
struct RSAModulusTests {
  @Test("a modulus that is no multiple of 8 bits signs with every RSA algorithm", arguments: [2050, 2062])
  func oddModulus(_ bits: Int) throws {
    let key = try PrivateKey.generate(.rsa(modulusBits: bits))
    #expect(key.kind == .rsa(modulusBits: bits))
    for algorithm in [Algorithm.rs256, .rs512, .ps256, .ps512] {
      let signer = try SigningKey(algorithm, key)
      #expect(signer.signatureLength == (bits + 7) / 8)
      let signature = try signer.signature(of: AlgorithmTests.message)
      #expect(try signer.verificationKey().accepts(signature, for: AlgorithmTests.message))
    }
  }

  @Test("a modulus below 2048 bits is not made", arguments: [Int.min, -1, 0, 512, 1024, 2047])
  func tooShort(_ bits: Int) {
    #expect(throws: JWAError.modulusTooShort(bits: bits)) {
      try PrivateKey.generate(.rsa(modulusBits: bits))
    }
  }

  @Test("a modulus that OpenSSL would not verify with is not made", arguments: [16385, Int.max])
  func tooLong(_ bits: Int) {
    let error = JWAError.invalidKey("an RSA modulus of \(bits) bits; 16384 is the most")
    #expect(throws: error) { try PrivateKey.generate(.rsa(modulusBits: bits)) }
  }
}
