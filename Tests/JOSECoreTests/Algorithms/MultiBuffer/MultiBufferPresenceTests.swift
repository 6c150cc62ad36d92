import Foundation
import JOSECore
import Testing

@Suite("Where the multi-buffer library is and the processor can") struct MultiBufferPresenceTests {
  @Test("multi-buffer signing is on")
  func areOn() {
    guard case .off(let reason) = MultiBufferSigner.shared.status else { return }
    // `make test` has fetched the library, and asked it whether the processor can.
    let isExpected = ProcessInfo.processInfo.environment["MULTI_BUFFER_EXPECTED"] == "yes"
    Issue.record(
      "NO MULTI-BUFFER SIGNING HERE: \(reason). What tests it goes through OpenSSL.",
      severity: isExpected ? .error : .warning)
  }

  @Test("every kind of key signs with it", arguments: BatchSignerTests.algorithms)
  func kinds(algorithm: Algorithm) throws {
    guard case .on(let library) = MultiBufferSigner.shared.status else { return }
    let refusal = MultiBufferSigner.shared.unavailabilityReason(for: try Sample.signingKey(algorithm))
    if algorithm == .edDSA, library.contains("version 1.0.14") {
      // Debian 13's version makes Ed25519 signatures that are none, and a key's first signatures are checked for that.
      #expect(refusal == "signature 1 of 8 of a known message did not verify")
    } else {
      #expect(refusal == nil, "\(library)")
    }
  }
}
