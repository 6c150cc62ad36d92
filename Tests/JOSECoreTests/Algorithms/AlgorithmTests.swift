import JOSECore
import Testing

@Suite("Every algorithm")
struct AlgorithmTests {
  static let message = Array("eyJhbGciOiJ0ZXN0In0.e30".utf8)

  @Test("signs what it verifies, with a signature of the announced length", arguments: Algorithm.allCases)
  func roundTrip(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    let signature = try key.signature(of: Self.message)
    #expect(signature.count == key.signatureLength)
    #expect(try key.verificationKey().accepts(signature, for: Self.message))
  }

  @Test("signs the empty message", arguments: Algorithm.allCases)
  func emptyMessage(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    #expect(try key.verificationKey().accepts(key.signature(of: []), for: []))
  }

  @Test(
    "has the signature length of its standard",
    arguments: [
      (Algorithm.hs256, 32), (.hs384, 48), (.hs512, 64), (.rs256, 256), (.rs384, 256), (.rs512, 256),
      (.ps256, 256), (.ps384, 256), (.ps512, 256), (.es256, 64), (.es384, 96), (.es512, 132),
      (.edDSA, 64), (.ed25519, 64), (.ed448, 114),
    ])
  func length(_ algorithm: Algorithm, _ bytes: Int) throws {
    #expect(try Sample.signingKey(algorithm).signatureLength == bytes)
  }

  @Test("refuses a message with any byte changed", arguments: Algorithm.allCases)
  func tamperedMessage(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    let (signature, verifier) = (try key.signature(of: Self.message), try key.verificationKey())
    for index in Self.message.indices {
      #expect(try !verifier.accepts(signature, for: Self.message.changing(at: index)))
    }
    #expect(try !verifier.accepts(signature, for: Self.message + [0]))
    #expect(try !verifier.accepts(signature, for: Self.message.dropLast()))
  }

  @Test("refuses a signature with any byte changed", arguments: Algorithm.allCases)
  func tamperedSignature(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    let (signature, verifier) = (try key.signature(of: Self.message), try key.verificationKey())
    for index in signature.indices {
      #expect(try !verifier.accepts(signature.changing(at: index), for: Self.message))
      #expect(try !verifier.accepts(signature.changing(at: index, by: 0x80), for: Self.message))
    }
  }

  @Test(
    "refuses a signature that is longer, shorter, doubled, empty, all zeros or all ones",
    arguments: Algorithm.allCases)
  func wrongLength(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    let (signature, verifier) = (try key.signature(of: Self.message), try key.verificationKey())
    let refused: [[UInt8]] = [
      signature + [0], [0] + signature, signature.dropLast(), Array(signature.dropFirst()),
      signature + signature, [], [0], .init(repeating: 0, count: signature.count),
      .init(repeating: 0xff, count: signature.count),
    ]
    for signature in refused {
      #expect(try !verifier.accepts(signature, for: Self.message))
    }
  }

  @Test("refuses another key's signature", arguments: Algorithm.allCases.filter { !$0.isSymmetric })
  func otherKey(_ algorithm: Algorithm) throws {
    let signature = try SigningKey.generate(algorithm).signature(of: Self.message)
    #expect(try !Sample.signingKey(algorithm).verificationKey().accepts(signature, for: Self.message))
  }

  @Test(
    "does not take the signature of another algorithm of the same key",
    arguments: [Algorithm.rs256, .rs384, .rs512, .ps256, .ps384, .ps512])
  func otherAlgorithm(_ algorithm: Algorithm) throws {
    let signature = try Sample.signingKey(algorithm).signature(of: Self.message)
    for other in [Algorithm.rs256, .rs384, .rs512, .ps256, .ps384, .ps512] where other != algorithm {
      #expect(try !Sample.signingKey(other).verificationKey().accepts(signature, for: Self.message))
    }
  }

  @Test("is registered by its own name and no other", arguments: Algorithm.allCases)
  func name(_ algorithm: Algorithm) {
    #expect(Algorithm(rawValue: algorithm.rawValue) == algorithm)
    #expect(Algorithm(rawValue: algorithm.rawValue.lowercased()) == nil)
    #expect(algorithm.description == algorithm.rawValue)
  }

  @Test("there is no algorithm none in any spelling", arguments: ["none", "None", "NONE", "nOnE", "", "HS1"])
  func none(_ name: String) { #expect(Algorithm(rawValue: name) == nil) }
}
