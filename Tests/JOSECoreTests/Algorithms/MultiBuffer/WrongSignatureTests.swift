import Testing

@testable import JOSECore

@Suite("A library that works wrong") struct WrongSignatureTests {
  private let message = Array("a message".utf8)
  private let lanes = MultiBufferSigner(SoftwareLibrary.library)

  @Test(
    "has what it says it failed at signed by OpenSSL, and counted",
    arguments: BatchSignerTests.algorithms, 0..<8)
  func status(algorithm: Algorithm, lane: Int) throws {
    let key = try Sample.newSigningKey(algorithm)
    var signer = try BatchSigner(lanes)
    // Its test comes first, while the library is honest.
    _ = try signer.signatures(8, of: message, with: key)
    // Any of four bits is a failure; what it leaves in the lane's place is wrong as well.
    let code: UInt32 = 1 << (UInt32(lane) % 4)
    let lie = SoftwareLibrary.Lie(status: code << (4 * UInt32(lane)), wrongSlots: [lane])
    let signatures = try SoftwareLibrary.$lie.withValue(lie) {
      try signer.signatures(8, of: message, with: key)
    }
    for signature in signatures { #expect(try key.verificationKey().accepts(signature, for: message)) }
    #expect(lanes.faults == 1)
  }

  @Test("never gets a wrong RSA signature out, whatever its status", arguments: [Algorithm.rs256, .ps512])
  func wrongRSA(algorithm: Algorithm) throws {
    let key = try SigningKey(algorithm, Sample.rsa)
    var signer = try BatchSigner(lanes)
    _ = try signer.signatures(8, of: message, with: key)
    var faults = 0
    for wrongSlots in [[0], [7], [2, 3, 5], Array(0..<8)] {
      let signatures = try SoftwareLibrary.$lie.withValue(SoftwareLibrary.Lie(wrongSlots: wrongSlots)) {
        try signer.signatures(8, of: message, with: key)
      }
      for signature in signatures { #expect(try key.verificationKey().accepts(signature, for: message)) }
      faults += wrongSlots.count
      #expect(lanes.faults == faults)
    }
  }

  @Test("whose check of RSA signatures fails has them signed by OpenSSL", arguments: 0..<8)
  func failingCheck(lane: Int) throws {
    let key = try SigningKey(.rs256, Sample.rsa)
    var signer = try BatchSigner(lanes)
    _ = try signer.signatures(8, of: message, with: key)
    let lie = SoftwareLibrary.Lie(checkStatus: 8 << (4 * UInt32(lane)))
    let signatures = try SoftwareLibrary.$lie.withValue(lie) {
      try signer.signatures(8, of: message, with: key)
    }
    for signature in signatures { #expect(try key.verificationKey().accepts(signature, for: message)) }
    #expect(lanes.faults == 1)
  }

  @Test(
    "gets no key that it signs wrong for on any lane", arguments: BatchSignerTests.algorithms, 0..<8)
  func keyTest(algorithm: Algorithm, lane: Int) throws {
    let key = try Sample.newSigningKey(algorithm)
    let expected = "signature \(lane + 1) of 8 of a known message did not verify"
    for lie in [
      SoftwareLibrary.Lie(wrongSlots: [lane]), SoftwareLibrary.Lie(status: 8 << (4 * UInt32(lane))),
    ] {
      let lanes = MultiBufferSigner(SoftwareLibrary.library)
      #expect(SoftwareLibrary.$lie.withValue(lie) { lanes.unavailabilityReason(for: key) } == expected)
      // It stays so when the library signs right again.
      #expect(lanes.unavailabilityReason(for: key) == expected)
      var signer = try BatchSigner(lanes)
      for signature in try signer.signatures(8, of: message, with: key) {
        #expect(try key.verificationKey().accepts(signature, for: message))
      }
      #expect(lanes.faults == 0)
    }
  }

  @Test("costs the other keys nothing")
  func otherKey() throws {
    let (refused, other) = (try SigningKey(.es256, Sample.p256), try SigningKey(.es256, Sample.p256))
    let lie = SoftwareLibrary.Lie(wrongSlots: [3])
    #expect(SoftwareLibrary.$lie.withValue(lie) { lanes.unavailabilityReason(for: refused) } != nil)
    #expect(lanes.unavailabilityReason(for: other) == nil)
    var signer = try BatchSigner(lanes)
    let keys = (0..<20).map { $0 % 3 == 0 ? refused : other }
    for signature in try signer.signatures(of: keys.map { (message, $0) }) {
      #expect(try other.verificationKey().accepts(signature, for: message))
    }
  }
}
