import Testing

@testable import JOSECore

@Suite("Signatures of many random messages") struct RandomMessageTests {
  /// A kind of key's share of them: the slower, the fewer.
  struct Share: Sendable, CustomTestStringConvertible {
    let algorithm: Algorithm
    let kind: KeyKind
    let thousandths: Int

    init(_ algorithm: Algorithm, _ kind: KeyKind, _ thousandths: Int) {
      (self.algorithm, self.kind, self.thousandths) = (algorithm, kind, thousandths)
    }

    var testDescription: String { "\(thousandths) in a thousand by \(algorithm) with \(kind)" }
  }

  static let shares = [
    Share(.es256, .ec(.p256), 700), Share(.edDSA, .okp(.ed25519), 150), Share(.es384, .ec(.p384), 20),
    Share(.rs256, .rsa(modulusBits: 2048), 60), Share(.ps256, .rsa(modulusBits: 2048), 60),
    Share(.rs384, .rsa(modulusBits: 3072), 2), Share(.ps384, .rsa(modulusBits: 3072), 3),
    Share(.rs512, .rsa(modulusBits: 4096), 2), Share(.ps512, .rsa(modulusBits: 4096), 3),
  ]

  @Test("verify with OpenSSL, each of them", arguments: shares)
  func verify(share: Share) throws {
    let keys = try (0..<2).map { _ in try SigningKey(share.algorithm, .generate(share.kind)) }
    let verificationKeys = try keys.map { try $0.verificationKey() }
    let multiBuffer = SigningWay.on.fresh()
    var signer = try BatchSigner(multiBuffer)
    var verifier = try SignatureVerifier()
    let count = ManyMessages.count * share.thousandths / 1000
    var wrong = 0
    for start in stride(from: 0, to: count, by: 64) {
      let messages = try (start..<min(start + 64, count)).map { _ in try Self.message() }
      let signatures = try signer.signatures(of: messages.enumerated().map { ($1, keys[$0 % 2]) })
      for (index, signature) in signatures.enumerated() {
        let message = messages[index]
        let isValid = try verifier.isValid(
          signature.span, for: message.span, with: verificationKeys[index % 2])
        if !isValid { wrong += 1 }
      }
    }
    #expect(wrong == 0, "of \(count)")
    #expect(multiBuffer.faults == 0)
  }

  private static func message() throws -> [UInt8] {
    let length = try RandomBuffer.bytes(2)
    return try RandomBuffer.bytes(Int(length[0]) + 4 * Int(length[1]) + 1)
  }
}
