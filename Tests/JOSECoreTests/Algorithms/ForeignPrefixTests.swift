import JOSECore
import Testing

@Suite("An absorbed prefix")
struct ForeignPrefixTests {
  func sign(_ message: [UInt8], with key: SigningKey, resuming prefix: HashMidstate?) throws {
    var signer = try Signer()
    _ = try [UInt8](capacity: key.signatureLength) { (output) throws(JOSEError) in
      try signer.sign(message.span, with: key, resuming: prefix, into: &output)
    }
  }

  @Test("of another key is refused", arguments: [Algorithm.hs256, .es256])
  func otherKey(algorithm: Algorithm) throws {
    func key() throws -> SigningKey {
      algorithm.isSymmetric
        ? try SigningKey(algorithm, secret: SecretBytes(utf8: String(repeating: "k", count: 32)))
        : try SigningKey.generate(algorithm)
    }
    let (one, other) = (try key(), try key())
    let beginning: [UInt8] = [1, 2, 3]
    let prefix = try one.midstate(after: beginning.span)
    try sign(beginning + [4], with: one, resuming: prefix)
    #expect(throws: JOSEError.foreignPrefix) { try sign(beginning + [4], with: other, resuming: prefix) }
  }

  @Test("that is longer than the message is refused")
  func tooLong() throws {
    let key = try SigningKey.generate(.es256)
    let beginning: [UInt8] = [1, 2, 3]
    let prefix = try key.midstate(after: beginning.span)
    #expect(throws: JOSEError.foreignPrefix) { try sign([1, 2], with: key, resuming: prefix) }
  }
}
