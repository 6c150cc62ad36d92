import JOSECore
import TestSupport
import Testing

@Suite("Signing from an absorbed prefix")
struct AbsorbedPrefixTests {
  static let deterministic: [Algorithm] = [.hs256, .hs384, .hs512, .rs256, .rs384, .rs512]
  static let randomised: [Algorithm] = [.ps256, .ps384, .ps512, .es256, .es384, .es512]

  @Test("gives the signature of the whole message, wherever it is cut", arguments: [Algorithm.hs256, .hs512])
  func everyCut(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    var generator = SeededGenerator(seed: 2104)
    var signer = try Signer()
    for _ in 0..<20 {
      let message = generator.bytes(Int.random(in: 0...400, using: &generator))
      let whole = try signer.signature(of: message, with: key)
      for cut in 0...message.count {
        let prefix = try key.midstate(after: message.span.extracting(first: cut))
        #expect(prefix?.count == cut)
        #expect(try signer.signature(of: message, with: key, resuming: prefix) == whole)
      }
    }
  }

  @Test("gives the same signature for deterministic algorithms", arguments: deterministic)
  func same(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    var generator = SeededGenerator(seed: 8017)
    var signer = try Signer()
    for _ in 0..<15 {
      let message = generator.bytes(Int.random(in: 0...3000, using: &generator))
      let prefix = try key.midstate(
        after:
          message.span.extracting(first: .random(in: 0...message.count, using: &generator)))
      let whole = try signer.signature(of: message, with: key)
      #expect(try signer.signature(of: message, with: key, resuming: prefix) == whole)
    }
  }

  @Test("gives a signature that verifies for randomised algorithms", arguments: randomised)
  func verifies(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    let verifier = try key.verificationKey()
    var generator = SeededGenerator(seed: 186)
    var signer = try Signer()
    for _ in 0..<15 {
      let message = generator.bytes(Int.random(in: 0...3000, using: &generator))
      let prefix = try key.midstate(
        after:
          message.span.extracting(first: .random(in: 0...message.count, using: &generator)))
      let signature = try signer.signature(of: message, with: key, resuming: prefix)
      #expect(try verifier.accepts(signature, for: message))
    }
  }

  @Test("one prefix serves many messages and does not change")
  func reuse() throws {
    let key = try Sample.signingKey(.hs256)
    var generator = SeededGenerator(seed: 1)
    var signer = try Signer()
    let beginning = generator.bytes(150)
    let prefix = try key.midstate(after: beginning.span)
    for _ in 0..<50 {
      let message = beginning + generator.bytes(Int.random(in: 0...100, using: &generator))
      let whole = try signer.signature(of: message, with: key)
      #expect(try signer.signature(of: message, with: key, resuming: prefix) == whole)
    }
  }

  @Test("EdDSA has none, for it hashes each message twice", arguments: [Algorithm.edDSA, .ed25519, .ed448])
  func edwards(_ algorithm: Algorithm) throws {
    let beginning = Array("abc".utf8)
    let prefix = try Sample.signingKey(algorithm).midstate(after: beginning.span)
    #expect(prefix == nil)
  }
}
