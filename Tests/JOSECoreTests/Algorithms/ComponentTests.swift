import JOSECore
import Testing

@Suite("Keys from their parameters")
struct ComponentTests {
  @Test("a public key comes back from its components", arguments: 0..<6)
  func roundTrip(_ index: Int) throws {
    let key = Sample.privateKeys[index].publicKey
    let again = try PublicKey(key.components)
    #expect(again == key)
    #expect(again.kind == key.kind)
    #expect(try again.pem() == key.pem())
  }

  @Test(
    "coordinates of a wrong length are refused",
    arguments: KeyKind.EllipticCurve.allCases, [-1, 1])
  func coordinateLength(_ curve: KeyKind.EllipticCurve, _ difference: Int) {
    let right = [UInt8](repeating: 1, count: curve.coordinateLength)
    let wrong = [UInt8](repeating: 1, count: curve.coordinateLength + difference)
    for (x, y) in [(right, wrong), (wrong, right), (wrong, wrong), ([], [])] {
      #expect(throws: JOSEError.self) { try PublicKey(.ec(curve, x: x, y: y)) }
      let text = refusal { try PublicKey(.ec(curve, x: x, y: y)) }
      #expect(text?.contains("x and y have \(x.count) and \(y.count) bytes") == true)
    }
  }

  @Test("a point off the curve is refused", arguments: [Sample.p256, Sample.p384, Sample.p521])
  func offCurve(_ key: PrivateKey) throws {
    guard case .ec(let curve, let x, let y) = key.publicKey.components else {
      Issue.record("the sample is no EC key")
      return
    }
    let zero = [UInt8](repeating: 0, count: x.count)
    let ones = [UInt8](repeating: 0xff, count: x.count)
    for (x, y) in [
      (x, y.changing(at: y.count - 1)), (x.changing(at: 0, by: 0x40), y), (zero, zero), (ones, ones),
    ] {
      #expect(throws: JOSEError.self) { try PublicKey(.ec(curve, x: x, y: y)) }
    }
  }

  @Test("an OKP key of a wrong length is refused", arguments: KeyKind.EdwardsCurve.allCases)
  func edwardsLength(_ curve: KeyKind.EdwardsCurve) {
    for count in [0, 1, curve.keyLength - 1, curve.keyLength + 1, 32 + 57] where count != curve.keyLength {
      #expect(throws: JOSEError.self) { try PublicKey(.okp(curve, x: .init(repeating: 1, count: count))) }
    }
  }

  @Test(
    "RSA parameters that make no key are refused",
    arguments: [
      ([], [1, 0, 1]), ([0], [1, 0, 1]), ([5], [1, 0, 1]), (modulus, []), (modulus, [0]), (modulus, [1]),
      (modulus, [2]), (modulus, [1, 0, 0]), (.init(repeating: 0xff, count: 4096), [1, 0, 1]),
    ])
  func rsa(_ n: [UInt8], _ e: [UInt8]) {
    #expect(throws: JOSEError.self) { try PublicKey(.rsa(n: n, e: e)) }
  }

  /// Hostile key sets can hold any integers; they verify nothing and crash nothing.
  @Test("an RSA key of nonsense that has the right size verifies nothing")
  func nonsense() throws {
    for last in [0, 1, 254, 255] as [UInt8] {
      for e in [[3], [1, 0, 1], Self.modulus] as [[UInt8]] {
        let n = Array(Self.modulus.dropLast()) + [last]
        guard let key = try? PublicKey(.rsa(n: n, e: e)) else { continue }
        for algorithm in [Algorithm.rs256, .ps256] {
          for byte in [0, 1, 0xff] as [UInt8] {
            let signature = [UInt8](repeating: byte, count: n.count)
            #expect(try !VerificationKey(algorithm, key).accepts(signature, for: AlgorithmTests.message))
          }
        }
      }
    }
  }

  private static let modulus: [UInt8] = {
    guard case .rsa(let n, _) = Sample.rsa.publicKey.components else { return [] }
    return n
  }()
}
