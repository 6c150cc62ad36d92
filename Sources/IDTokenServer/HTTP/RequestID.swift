#if Server
import HTTPTypes
import JOSECore
import Synchronization

/// Names requests for logs, on both sides.
final class RequestIDs: Sendable {
  /// Random for each process, so that those of several don't collide.
  private let prefix: String
  private let count = Atomic<UInt64>(0)

  init() {
    let random = (try? RandomBuffer.bytes(9)) ?? []
    prefix = Base64URL.encode(random.span) + "-"
  }

  /// The client's own name for its request where that is fit for a log line, else a new one.
  func name(_ request: HTTPRequest) -> String {
    if let name = HTTPField.Name.requestID, let given = request.headerFields[name], given.isRequestID {
      return given
    }
    return prefix + String(count.add(1, ordering: .relaxed).newValue, radix: 36)
  }
}

extension HTTPField.Name {
  static let requestID = HTTPField.Name("X-Request-ID")
}

extension HTTPFields {
  /// For names that are made at run time.
  subscript(named name: HTTPField.Name?) -> String? {
    get { name.flatMap { self[$0] } }
    set { if let name { self[name] = newValue } }
  }
}

extension HTTPRequest {
  /// The trace that a request belongs to (W3C Trace Context §3.2): version, 32 hex digits, 16, flags.
  var traceID: String? {
    guard let text = headerFields[.traceparent] else { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, parts[1].utf8.count == 32, parts[2].utf8.count == 16,
      parts[1].utf8.allSatisfy(\.isLowerHex), parts[1].contains(where: { $0 != "0" })
    else { return nil }
    return String(parts[1])
  }
}

extension String {
  fileprivate var isRequestID: Bool {
    (1...128).contains(utf8.count) && utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }
}

extension UInt8 {
  fileprivate var isLowerHex: Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
  }
}
#endif
