import TestSupport
import Testing

@testable import JOSECore

@Suite("ECDSA signatures as r‖s (RFC 7518 §3.4)")
struct ECDSASignatureTests {
  /// One r or s in 256 begins with a zero byte, so several hundred signatures hold a few that need padding.
  @Test(
    "hundreds of signatures all have the fixed size and verify, short r and s included",
    arguments: [Algorithm.es256, .es384, .es512])
  func fixedSize(_ algorithm: Algorithm) throws {
    let key = try Sample.signingKey(algorithm)
    let verifier = try key.verificationKey()
    let half = key.signatureLength / 2
    var signer = try Signer()
    var padded = 0
    for number in 0..<4000 {
      let message = Array("message \(number)".utf8)
      let signature = try signer.signature(of: message, with: key)
      #expect(signature.count == 2 * half)
      let isPadded = signature[0] == 0 || signature[half] == 0
      if isPadded { padded += 1 }
      // Verifying is slow: every short one, and a sample of the others.
      if isPadded && padded < 40 || number % 40 == 0 {
        #expect(try verifier.accepts(signature, for: message))
      }
      // P-521 begins with a zero in every other signature; for the others go on until some were seen.
      if number >= 400, padded >= 3 { break }
    }
    #expect(padded >= 3, "no short r or s came up, so the padding was not tried")
  }

  @Test("DER and r‖s turn into each other for every count of leading zeros", arguments: [32, 48, 66])
  func conversion(_ length: Int) throws {
    var generator = SeededGenerator(seed: 7518)
    for zeros in 0..<length {
      for first in [0x01, 0x7f, 0x80, 0xff] as [UInt8] {
        let r = [UInt8](repeating: 0, count: zeros) + [first] + generator.bytes(length - zeros - 1)
        let s = [first] + generator.bytes(length - 1)
        for signature in [r + s, s + r] { #expect(try roundTrip(signature) == signature) }
      }
    }
  }

  @Test("DER cut anywhere is an error and no crash")
  func truncated() throws {
    var generator = SeededGenerator(seed: 5915)
    let signature = generator.bytes(132)
    let der = ECDSASignature.der(signature.span)
    for count in der.indices { #expect(throws: JOSEError.self) { try fixed(Array(der.prefix(count)), 66) } }
    #expect(throws: JOSEError.self, "r and s longer than the curve's") { try fixed(der, 32) }
  }

  @Test("garbage in place of DER is an error and no crash")
  func garbage() {
    var generator = SeededGenerator(seed: 690)
    for _ in 0..<5000 {
      let bytes = generator.bytes(Int.random(in: 0...144, using: &generator))
      // Whatever it is read as, it has the fixed size.
      if let signature = try? fixed(bytes, 66) { #expect(signature.count == 132) }
    }
  }

  private func roundTrip(_ signature: [UInt8]) throws -> [UInt8] {
    try fixed(ECDSASignature.der(signature.span), signature.count / 2)
  }

  private func fixed(_ der: [UInt8], _ length: Int) throws -> [UInt8] {
    try [UInt8](capacity: 2 * length) { (output) throws(JOSEError) in
      try ECDSASignature.append(der.span, length, to: &output)
    }
  }
}
