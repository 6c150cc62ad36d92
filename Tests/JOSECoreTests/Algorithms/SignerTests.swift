import JOSECore
import TestSupport
import Testing

@Suite("One signer")
struct SignerTests {
  @Test("serves every algorithm and key in turn, whatever it did before")
  func alternately() throws {
    let keys = try Algorithm.allCases.map { algorithm in
      let key = try Sample.signingKey(algorithm)
      return (key, try key.verificationKey())
    }
    var generator = SeededGenerator(seed: 3)
    var signer = try Signer()
    for number in 0..<200 {
      let (key, verifier) = keys[Int.random(in: keys.indices, using: &generator)]
      let message = Array("message \(number)".utf8)
      let prefix =
        Bool.random(using: &generator) ? try key.midstate(after: message.span.extracting(first: 4)) : nil
      let signature = try signer.signature(of: message, with: key, resuming: prefix)
      #expect(try verifier.accepts(signature, for: message), "\(key.algorithm)")
    }
  }

  @Test("serves more keys than it keeps contexts for, and keys that are gone")
  func manyKeys() throws {
    var signer = try Signer()
    let message = AlgorithmTests.message
    for _ in 0..<300 {
      // Each key is freed at the end of its round, so a later one may stand at the same address.
      let key = try SigningKey.generate(.ed25519)
      let signature = try signer.signature(of: message, with: key)
      #expect(try key.verificationKey().accepts(signature, for: message))
    }
  }

  @Test("outlives the signing key that it was used with")
  func keyGone() throws {
    var signer = try Signer()
    for _ in 0..<5 {
      let key = try SigningKey.generate(.es256)
      _ = try signer.signature(of: AlgorithmTests.message, with: key)
    }
    let key = try Sample.signingKey(.es256)
    let signature = try signer.signature(of: AlgorithmTests.message, with: key)
    #expect(try key.verificationKey().accepts(signature, for: AlgorithmTests.message))
  }

  @Test("refuses a buffer that is too short and leaves it as it was", arguments: Algorithm.allCases)
  func noRoom(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    let message = AlgorithmTests.message
    let available = key.signatureLength - 1
    var signer = try Signer()
    var thrown: JOSEError?
    // A macro can't hold an output span, so the error is caught by hand.
    let output = [UInt8](capacity: available) { output in
      do throws(JOSEError) {
        try signer.sign(message.span, with: key, into: &output)
      } catch { thrown = error }
    }
    #expect(thrown == .bufferTooShort(needed: available + 1, available: available))
    #expect(output.isEmpty)
  }

  @Test("appends behind what the buffer already holds", arguments: Algorithm.allCases)
  func appends(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    let message = AlgorithmTests.message
    var signer = try Signer()
    let output = try [UInt8](capacity: key.signatureLength + 100) { (output) throws(JOSEError) in
      output.append(7)
      try signer.sign(message.span, with: key, into: &output)
    }
    #expect(output.count == key.signatureLength + 1)
    #expect(output[0] == 7)
    #expect(try key.verificationKey().accepts(Array(output.dropFirst()), for: AlgorithmTests.message))
  }
}
