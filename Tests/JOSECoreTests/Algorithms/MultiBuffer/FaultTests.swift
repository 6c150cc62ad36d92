import TestSupport
import Testing

@testable import JOSECore

/// A wrong result of the Chinese remainder theorem gives the primes away.
@Suite("An RSA key of the multi-buffer library that is damaged in memory") struct FaultTests {
  static let parts = ["p", "q", "dp", "dq", "q⁻¹", "n"]
  static let libraries = [SigningWay.on, .software]

  private let message = Array("a message".utf8)

  @Test(
    "lets no wrong signature out, whichever number is damaged and whichever of eight signatures it makes",
    arguments: libraries, parts.indices)
  func eachOfEight(way: SigningWay, part: Int) throws {
    for algorithm in [Algorithm.rs256, .ps384] {
      let multiBuffer = way.fresh()
      let (sound, damaged) = (try SigningKey(algorithm, Sample.rsa), try SigningKey(algorithm, Sample.rsa))
      try multiBuffer.damage(part, of: damaged, bit: 41)
      var signer = try BatchSigner(multiBuffer)
      for index in 0..<8 {
        let keys = (0..<8).map { $0 == index ? damaged : sound }
        let signatures = try signer.signatures(of: keys.map { (message, $0) })
        for signature in signatures { #expect(try sound.verificationKey().accepts(signature, for: message)) }
        if multiBuffer.isOn {
          #expect(multiBuffer.faults == index + 1, "\(Self.parts[part]) of signature \(index)")
        }
      }
    }
  }

  @Test("is found out whatever the modulus and the bit", arguments: libraries, parts.indices)
  func anyBit(way: SigningWay, part: Int) throws {
    var generator = SeededGenerator(seed: UInt64(part))
    for privateKey in [Sample.rsa, Sample.rsa3072, Sample.rsa4096] {
      let multiBuffer = way.fresh()
      let key = try SigningKey(.rs256, privateKey)
      let bits = privateKey.kind.signatureLength * (part == MultiBufferKey.modulus ? 8 : 4)
      try multiBuffer.damage(part, of: key, bit: Int.random(in: 0..<bits, using: &generator))
      var signer = try BatchSigner(multiBuffer)
      for signature in try signer.signatures(8, of: message, with: key) {
        #expect(try key.verificationKey().accepts(signature, for: message))
      }
      if multiBuffer.isOn { #expect(multiBuffer.faults == 8, "\(Self.parts[part]) of \(privateKey.kind)") }
    }
  }
}

@Suite("An EC or Ed25519 key whose copy is damaged in memory") struct DamagedKeyTests {
  private let message = Array("a message".utf8)

  @Test(
    "is signed with by OpenSSL, and each signature is counted as a fault",
    arguments: [Algorithm.es256, .es384, .edDSA], FaultTests.libraries)
  func oneBit(algorithm: Algorithm, way: SigningWay) throws {
    var generator = SeededGenerator(seed: 3)
    for part in 0..<2 {
      let multiBuffer = way.fresh()
      let (sound, damaged) = (try Sample.newSigningKey(algorithm), try Sample.newSigningKey(algorithm))
      if let reason = multiBuffer.unavailabilityReason(for: sound) {
        // Debian 13's library makes wrong Ed25519 signatures, so OpenSSL makes them there.
        #expect(algorithm == .edDSA && reason.contains("did not verify"))
        return
      }
      try multiBuffer.damage(part, of: damaged, bit: Int.random(in: 0..<256, using: &generator))
      var signer = try BatchSigner(multiBuffer)
      for signature in try signer.signatures(8, of: message, with: damaged) {
        #expect(try sound.verificationKey().accepts(signature, for: message))
      }
      if multiBuffer.isOn { #expect(multiBuffer.faults == 8) }
      let keys = (0..<8).map { $0 % 2 == 0 ? damaged : sound }
      for signature in try signer.signatures(of: keys.map { (message, $0) }) {
        #expect(try sound.verificationKey().accepts(signature, for: message))
      }
      if multiBuffer.isOn { #expect(multiBuffer.faults == 12) }
    }
  }
}

extension SigningWay {
  /// With a count of faults of its own.
  func fresh() -> MultiBufferSigner {
    switch self {
    case .on: MultiBufferSigner(setting: nil, libraries: MultiBufferLibrary.names)
    case .off: .off
    case .software: MultiBufferSigner(SoftwareLibrary.library)
    }
  }
}

extension MultiBufferSigner {
  var isOn: Bool { if case .on = status { true } else { false } }

  /// Turns a bit of a key's number over, after its test.
  fileprivate func damage(_ part: Int, of key: SigningKey, bit: Int) throws {
    guard isOn else { return }
    let made = try #require(self.multiBufferKey(key)).get()
    let bytes = try #require(made.pointer(to: part)).assumingMemoryBound(to: UInt8.self)
    withExtendedLifetime(made) { bytes[bit / 8] ^= 1 << (bit % 8) }
  }
}
