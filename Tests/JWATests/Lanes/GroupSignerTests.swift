import JWA
import TestSupport
import Testing

@Suite("Many signatures in one call, with vector lanes and without") struct GroupSignerTests {
  static let algorithms: [Algorithm] = [
    .es256, .es384, .edDSA, .rs256, .rs384, .rs512, .ps256, .ps384, .ps512,
  ]

  @Test(
    "each verifies with OpenSSL, however many there are", arguments: algorithms, Lanes.allCases)
  func count(_ algorithm: Algorithm, _ lanes: Lanes) throws {
    let key = try Sample.signingKey(algorithm)
    var signer = try GroupSigner(lanes.lanes)
    var generator = SeededGenerator(seed: 1)
    for count in [1, 2, 3, 7, 8, 9, 16, 21] {
      let messages = (0..<count).map { _ in generator.bytes(Int.random(in: 0...3000, using: &generator)) }
      let signatures = try signer.signatures(of: messages.map { ($0, key) })
      #expect(Set(signatures).count == count)
      for (message, signature) in zip(messages, signatures) {
        #expect(try key.verificationKey().accepts(signature, for: message), "\(count) of \(algorithm)")
      }
    }
    lanes.expectNoFaults()
  }

  @Test("RSA keys of 3072 and 4096 bits do as well", arguments: [Algorithm.rs256, .ps256])
  func moduli(algorithm: Algorithm) throws {
    for privateKey in [Sample.rsa3072, Sample.rsa4096] {
      let key = try SigningKey(algorithm, privateKey)
      let messages = (0..<8).map { Array("message \($0)".utf8) }
      for lanes in Lanes.allCases {
        var signer = try GroupSigner(lanes.lanes)
        for (message, signature) in zip(messages, try signer.signatures(of: messages.map { ($0, key) })) {
          #expect(try key.verificationKey().accepts(signature, for: message))
        }
        lanes.expectNoFaults()
      }
    }
  }

  @Test("keys of every kind at once: each message gets its own key's signature", arguments: Lanes.allCases)
  func mixed(lanes: Lanes) throws {
    let asymmetric = Algorithm.allCases.filter { !$0.isSymmetric }
    let others = try [Algorithm.es256, .es384, .ed25519].map { try SigningKey.generate($0) }
    let keys = try asymmetric.map { try Sample.signingKey($0) } + others
    var generator = SeededGenerator(seed: 2)
    let messages = (0..<200).map { number in
      (Array("message \(number)".utf8), keys[Int.random(in: keys.indices, using: &generator)])
    }
    var signer = try GroupSigner(lanes.lanes)
    let signatures = try signer.signatures(of: messages)
    for ((message, key), signature) in zip(messages, signatures) {
      #expect(try key.verificationKey().accepts(signature, for: message), "\(key.algorithm)")
    }
    lanes.expectNoFaults()
  }
}
