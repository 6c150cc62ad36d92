import JWA
import Testing

/// Both ways to many signatures.
enum Lanes: CaseIterable {
  case on, off

  static let both = Lanes.allCases

  /// Where the library isn't there, both are the same; `LanesPresenceTests` says so.
  var lanes: SigningLanes { self == .on ? .shared : .off }

  func expectNoFaults() { #expect(lanes.faults == 0) }
}

extension GroupSigner {
  /// The messages' signatures in their order.
  mutating func signatures(of messages: [([UInt8], SigningKey)]) throws -> [[UInt8]] {
    var signatures = [[UInt8]](repeating: [], count: messages.count)
    for (ticket, (message, key)) in messages.enumerated() {
      switch try add(message.span, with: key, ticket: ticket) {
      case .waits: break
      case .full(let kind): try sign(kind) { (ticket, bytes) in signatures[ticket] = bytes.map { $0 } }
      case .refused:
        signatures[ticket] = try [UInt8](capacity: key.signatureLength) { (output) throws(JWAError) in
          try sign(message.span, with: key, into: &output)
        }
      }
    }
    try signAll { (ticket, bytes) in signatures[ticket] = bytes.map { $0 } }
    return signatures
  }
}
