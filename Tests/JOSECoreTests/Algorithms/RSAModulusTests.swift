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
    #expect(throws: JOSEError.modulusTooShort(bits: bits)) {
      try PrivateKey.generate(.rsa(modulusBits: bits))
    }
  }

  @Test("a modulus that OpenSSL would not verify with is not made", arguments: [16385, Int.max])
  func tooLong(_ bits: Int) {
    let error = JOSEError.invalidKey("an RSA modulus of \(bits) bits; 16384 is the most")
    #expect(throws: error) { try PrivateKey.generate(.rsa(modulusBits: bits)) }
  }

  @Test("a modulus that is even is refused")
  func even() throws {
    guard case .rsa(let n, let e) = Sample.rsa.publicKey.components else { return }
    #expect(throws: JOSEError.invalidKey("an RSA modulus that is even")) {
      try PublicKey(.rsa(n: n.changing(at: n.count - 1), e: e))
    }
  }

  @Test("a zero byte before the modulus or the exponent is refused (RFC 7518 §6.3.1.1)")
  func leadingZeros() throws {
    guard case .rsa(let n, let e) = Sample.rsa.publicKey.components else { return }
    for (name, n, e) in [("n", [0] + n, e), ("e", n, [0] + e)] {
      let error = JOSEError.invalidKey("\(name) begins with a zero byte (RFC 7518 §6.3.1)")
      #expect(throws: error) { try PublicKey(.rsa(n: n, e: e)) }
      let jwk: JSONObject = ["kty": "RSA", "n": .string(n.base64URL), "e": .string(e.base64URL)]
      #expect(throws: JOSEError.jwk(error)) { try PublicJWK(jwk) }
    }
    let n0 = JSONValue.string(([0] + [UInt8](n)).base64URL)
    #expect(
      refusal { try PrivateJWK(Published.rsa.with("n", n0)) }?.contains("n begins with a zero byte") == true)
  }
}
