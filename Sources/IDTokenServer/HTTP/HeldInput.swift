#if Server
import NIOCore
import NIOHTTP1

/// What was read from a connection while it could not be taken.
struct HeldInput {
  private var parts = CircularBuffer<HTTPServerRequestPart>()
  /// How many bytes have arrived since there is something.
  private var bytes = 0
  /// What came after the parts, and is no HTTP.
  var error: (any Error)?

  /// SwiftNIO reads everything that was sent before a client's end, asked for or not.
  static let maximumBytes = 131_072

  var isEmpty: Bool { parts.isEmpty }
  var isTooMuch: Bool { bytes > Self.maximumBytes }

  /// Called with every read of the socket, before it is decoded.
  mutating func arrived(_ count: Int) { bytes = parts.isEmpty ? 0 : bytes + count }

  mutating func append(_ part: HTTPServerRequestPart) { parts.append(part) }
  mutating func popFirst() -> HTTPServerRequestPart? { parts.popFirst() }
  mutating func removeAll() { parts.removeAll() }
}
#endif
