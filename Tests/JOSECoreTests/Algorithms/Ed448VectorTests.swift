import JOSECore
import Testing

/// RFC 8032 §7.4: secret key, public key, message, signature.
struct Ed448Vector: Sendable {
  let secret, publicKey, message, signature: String

  static let all = [
    Ed448Vector(
      secret: """
        6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3\
        528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b
        """,
      publicKey: """
        5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778\
        edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180
        """,
      message: "",
      signature: """
        533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d78\
        28c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4db\
        b61149f05a7363268c71d95808ff2e652600
        """),
    Ed448Vector(
      secret: """
        c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463a\
        fbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e
        """,
      publicKey: """
        43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c086\
        6aea01eb00742802b8438ea4cb82169c235160627b4c3a9480
        """,
      message: "03",
      signature: """
        26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de8ccdf633\
        fc1bf037ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0f\
        f3348ab21aa4adafd1d234441cf807c03a00
        """),
  ]
}

@Suite("Ed448 as RFC 8032 §7.4 has it")
struct Ed448VectorTests {
  @Test("both names of the algorithm make the published signature", arguments: Ed448Vector.all)
  func sign(_ vector: Ed448Vector) throws {
    let key = try PrivateKey(
      curve: .ed448, x: [UInt8](hex: vector.publicKey), d: SecretBytes([UInt8](hex: vector.secret)))
    for algorithm in [Algorithm.edDSA, .ed448] {
      let signature = try SigningKey(algorithm, key).signature(of: [UInt8](hex: vector.message))
      #expect(signature.hex == vector.signature)
    }
  }

  @Test("the published signature verifies with the public key alone", arguments: Ed448Vector.all)
  func verify(_ vector: Ed448Vector) throws {
    let key = try PublicKey(.okp(.ed448, x: [UInt8](hex: vector.publicKey)))
    let message = [UInt8](hex: vector.message)
    #expect(try VerificationKey(.ed448, key).accepts([UInt8](hex: vector.signature), for: message))
    #expect(try !VerificationKey(.ed448, key).accepts([UInt8](hex: vector.signature), for: message + [0]))
  }
}
