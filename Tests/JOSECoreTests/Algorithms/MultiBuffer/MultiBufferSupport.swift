import Testing

@testable import JOSECore

/// Ways of making many signatures.
enum SigningWay: CaseIterable {
  /// The multi-buffer library of this machine; where there is none it is the same as `off`, and `MultiBufferPresenceTests` says so.
  case on
  case off
  /// What calls the library, with a library that every machine has.
  case software

  var multiBuffer: MultiBufferSigner {
    switch self {
    case .on: .shared
    case .off: .off
    case .software: Self.inSoftware
    }
  }

  private static let inSoftware = MultiBufferSigner(SoftwareLibrary.library)

  func expectNoFaults() { #expect(multiBuffer.faults == 0) }
}

extension BatchSigner {
  /// The messages' signatures in their order.
  mutating func signatures(of messages: [([UInt8], SigningKey)]) throws -> [[UInt8]] {
    var signatures = [[UInt8]](repeating: [], count: messages.count)
    for (ticket, (message, key)) in messages.enumerated() {
      switch try add(message.span, with: key, ticket: ticket) {
      case .waits: break
      case .full(let kind): try sign(kind) { (ticket, bytes) in signatures[ticket] = bytes.map { $0 } }
      case .refused:
        signatures[ticket] = try [UInt8](capacity: key.signatureLength) { (output) throws(JOSEError) in
          try sign(message.span, with: key, into: &output)
        }
      }
    }
    try signAll { (ticket, bytes) in signatures[ticket] = bytes.map { $0 } }
    return signatures
  }

  /// Signatures of one message by one key.
  mutating func signatures(_ count: Int, of message: [UInt8], with key: SigningKey) throws -> [[UInt8]] {
    try signatures(of: Array(repeating: (message, key), count: count))
  }
}

extension Sample {
  /// The sample key in an object that has not been prepared for multi-buffer signing.
  static func newSigningKey(_ algorithm: Algorithm) throws -> SigningKey {
    try SigningKey(algorithm, #require(signingKey(algorithm).privateKey))
  }
}
