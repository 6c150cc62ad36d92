import JOSECore
import TestSupport
import Testing

@Suite("Many signatures in one call, with the multi-buffer library and without") struct BatchSignerTests {
  static let algorithms: [Algorithm] = [
    .es256, .es384, .edDSA, .rs256, .rs384, .rs512, .ps256, .ps384, .ps512,
  ]

  @Test(
    "each verifies with OpenSSL, however many there are", arguments: algorithms, SigningWay.allCases)
  func count(_ algorithm: Algorithm, _ way: SigningWay) throws {
    let key = try Sample.signingKey(algorithm)
    var signer = try BatchSigner(way.multiBuffer)
    var generator = SeededGenerator(seed: 1)
    for count in [1, 2, 3, 7, 8, 9, 16, 21] {
      let messages = (0..<count).map { _ in generator.bytes(Int.random(in: 0...3000, using: &generator)) }
      let signatures = try signer.signatures(of: messages.map { ($0, key) })
      #expect(Set(signatures).count == count)
      for (message, signature) in zip(messages, signatures) {
        #expect(try key.verificationKey().accepts(signature, for: message), "\(count) of \(algorithm)")
      }
    }
    way.expectNoFaults()
  }

  @Test("RSA keys of 3072 and 4096 bits do as well", arguments: [Algorithm.rs256, .ps256])
  func moduli(algorithm: Algorithm) throws {
    for privateKey in [Sample.rsa3072, Sample.rsa4096] {
      let key = try SigningKey(algorithm, privateKey)
      let messages = (0..<8).map { Array("message \($0)".utf8) }
      for way in SigningWay.allCases {
        var signer = try BatchSigner(way.multiBuffer)
        for (message, signature) in zip(messages, try signer.signatures(of: messages.map { ($0, key) })) {
          #expect(try key.verificationKey().accepts(signature, for: message))
        }
        way.expectNoFaults()
      }
    }
  }

  @Test(
    "keys of every kind at once: each message gets its own key's signature", arguments: SigningWay.allCases)
  func mixed(way: SigningWay) throws {
    let asymmetric = Algorithm.allCases.filter { !$0.isSymmetric }
    let others = try [Algorithm.es256, .es384, .ed25519].map { try SigningKey.generate($0) }
    let keys = try asymmetric.map { try Sample.signingKey($0) } + others
    var generator = SeededGenerator(seed: 2)
    let messages = (0..<200).map { number in
      (Array("message \(number)".utf8), keys[Int.random(in: keys.indices, using: &generator)])
    }
    var signer = try BatchSigner(way.multiBuffer)
    let signatures = try signer.signatures(of: messages)
    for ((message, key), signature) in zip(messages, signatures) {
      #expect(try key.verificationKey().accepts(signature, for: message), "\(key.algorithm)")
    }
    way.expectNoFaults()
  }

  @Test(
    "a single message is signed by itself while others wait",
    arguments: [Algorithm.es256, .es384, .edDSA], SigningWay.allCases)
  func singleAmongOthers(algorithm: Algorithm, way: SigningWay) throws {
    let key = try Sample.signingKey(algorithm)
    let messages = (0..<8).map { Array("message \($0)".utf8) }
    for waiting in 0..<8 {
      var signer = try BatchSigner(way.multiBuffer)
      var signatures: [Int: [UInt8]] = [:]
      for (ticket, message) in messages.prefix(waiting).enumerated() {
        _ = try signer.add(message.span, with: key, ticket: ticket)
      }
      let single = messages[7]
      signatures[7] = try [UInt8](capacity: key.signatureLength) { (output) throws(JOSEError) in
        try signer.sign(single.span, with: key, into: &output)
      }
      try signer.signAll { (ticket, bytes) in signatures[ticket] = bytes.map { $0 } }
      #expect(signatures.count == (way.multiBuffer.unavailabilityReason(for: key) == nil ? waiting + 1 : 1))
      for (ticket, signature) in signatures {
        #expect(try key.verificationKey().accepts(signature, for: messages[ticket]))
      }
    }
  }

  @Test(
    "a buffer that is too short, and another key's prefix, are refused as a signer refuses them",
    arguments: [Algorithm.es256, .es384, .edDSA], SigningWay.allCases)
  func refusals(algorithm: Algorithm, way: SigningWay) throws {
    let key = try Sample.signingKey(algorithm)
    let message = Array("a message".utf8)
    var signer = try BatchSigner(way.multiBuffer)
    #expect(throws: JOSEError.bufferTooShort(needed: key.signatureLength, available: 10)) {
      _ = try [UInt8](capacity: 10) { (output) throws(JOSEError) in
        try signer.sign(message.span, with: key, into: &output)
      }
    }
    let foreign = try Sample.newSigningKey(.es256).midstate(after: message.span)
    #expect(throws: JOSEError.foreignPrefix) {
      _ = try [UInt8](capacity: key.signatureLength) { (output) throws(JOSEError) in
        try signer.sign(message.span, with: key, resuming: foreign, into: &output)
      }
    }
    if way.multiBuffer.unavailabilityReason(for: key) == nil {
      #expect(throws: JOSEError.foreignPrefix) {
        _ = try signer.add(message.span, with: key, resuming: foreign, ticket: 0)
      }
    }
  }

  @Test("a message of Ed25519 longer than 64 KiB waits for no others")
  func longMessages() throws {
    let key = try Sample.signingKey(.edDSA)
    var signer = try BatchSigner(SigningWay.software.multiBuffer)
    let message = [UInt8](repeating: 1, count: 1 << 16)
    guard case .waits = try signer.add(message.span, with: key, ticket: 0) else { throw Unexpected() }
    let longer = message + [1]
    guard case .refused = try signer.add(longer.span, with: key, ticket: 1) else { throw Unexpected() }
  }
  private struct Unexpected: Error {}
}
