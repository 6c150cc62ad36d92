import Testing

@testable import JOSECore

@Suite("Public keys of small order, for which anyone can sign")
struct SmallOrderTests {
  /// y of each point, little-endian, in every encoding: 0, 1, p − 1, p and p + 1; on Ed25519 also the two of order 8.
  static let points: [(KeyKind.EdwardsCurve, String)] = [
    (.ed25519, "0000000000000000000000000000000000000000000000000000000000000000"),
    (.ed25519, "0100000000000000000000000000000000000000000000000000000000000000"),
    (.ed25519, "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    (.ed25519, "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    (.ed25519, "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    (.ed25519, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    (.ed25519, "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    (.ed448, String(repeating: "00", count: 57)),
    (.ed448, "01" + String(repeating: "00", count: 56)),
    (.ed448, "fe" + String(repeating: "ff", count: 27) + "fe" + String(repeating: "ff", count: 27) + "00"),
    (.ed448, String(repeating: "ff", count: 28) + "fe" + String(repeating: "ff", count: 27) + "00"),
    (.ed448, String(repeating: "00", count: 28) + String(repeating: "ff", count: 28) + "00"),
  ]

  @Test("are refused in every encoding and with either sign", arguments: points)
  func refused(_ curve: KeyKind.EdwardsCurve, _ hex: String) throws {
    let error = JOSEError.invalidKey(
      "the \(curve.rawValue) public key is a point of small order: it verifies forged signatures")
    for sign: UInt8 in [0, 0x80] {
      let x = [UInt8](hex: hex).changing(at: curve.keyLength - 1, by: sign)
      #expect(throws: error) { try PublicKey(.okp(curve, x: x)) }
      let jwk: JSONObject = ["kty": "OKP", "crv": .string(curve.rawValue), "x": .string(x.base64URL)]
      #expect(throws: JOSEError.jwk(error)) { try PublicJWK(jwk) }
    }
  }

  @Test("are refused as PEM too")
  func pem() {
    // SPKI of Ed25519 (RFC 8410 §4) with the point (0, 1).
    let pem = """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
      -----END PUBLIC KEY-----
      """
    #expect(refusal { try PublicKey(pem: pem) }?.contains("small order") == true)
  }

  @Test("are not taken for keys that differ from them in one bit", arguments: points)
  func neighbours(_ curve: KeyKind.EdwardsCurve, _ hex: String) {
    for bit in 0..<(8 * curve.keyLength - 1) where bit != 0 {
      let y = [UInt8](hex: hex).changing(at: bit / 8, by: 1 << (bit % 8))
      #expect(!curve.isSmallOrder(y) || Self.points.contains { $0 == curve && [UInt8](hex: $1) == y })
    }
  }
}
