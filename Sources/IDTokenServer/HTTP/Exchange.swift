#if Server
import IDTokens
import JOSECore
import NIOCore
import NIOHTTP1
import SessionHost
import Tracing

/// A request, and what is known of it until it is answered. It belongs to the event loop of its connection.
final class Exchange {
  let head: HTTPRequestHead
  let path: String
  let route: Route
  let requestID: String
  let client: Client
  let start: NIODeadline
  var body: ByteBuffer?
  var credential: Credential?
  var message: SessionTokenMessage?
  /// Whether it counts among the concurrent requests.
  var isCounted = false
  /// Whether the connection stays open after the answer.
  let keepsConnection: Bool
  var span: (any Span)?

  init(_ head: HTTPRequestHead, _ client: Client, requestID: String, at start: NIODeadline) {
    (self.head, self.client, self.requestID, self.start) = (head, client, requestID, start)
    path = head.path
    route = Route(path: path)
    keepsConnection = head.isKeepAlive
  }

  var logLine: LogLine {
    LogLine(
      route: route, requestID: requestID, traceID: head.traceID, client: client.address,
      host: credential?.host.name, clientID: message?.clientID.text,
      shop: message?.session.shopDomain.host)
  }
}

/// The other end of a connection; the streams of an HTTP/2 connection share one.
final class Client {
  /// Without the port.
  let address: String
  /// Whether it came to the operator's address.
  let isOperator: Bool
  /// Of the client certificate.
  var certificate: Fingerprint?

  init(_ address: SocketAddress?, isOperator: Bool) {
    (self.address, self.isOperator) = (address?.ipAddress ?? "local", isOperator)
  }
}

extension HTTPVersion {
  var isHTTP10: Bool { (major, minor) < (1, 1) }
}

extension HTTPRequestHead {
  /// The path, also of a URI in absolute form (RFC 9112 §3.2.2).
  fileprivate var path: String {
    var uri = uri[...]
    if uri.first != "/", let scheme = uri.firstRange(of: "://") {
      uri = uri[scheme.upperBound...].drop { $0 != "/" }
    }
    return String(uri.prefix { $0 != "?" })
  }

  /// Why the head can't be served, whatever is asked for (RFC 9112 §3.2, §6.1).
  var refusal: Refusal? {
    let hosts = headers[canonicalForm: "host"]
    guard hosts.count == 1 || hosts.isEmpty && version.isHTTP10 else {
      return .malformed("a request has one Host field (RFC 9112 §3.2)")
    }
    guard hosts.allSatisfy({ $0.utf8.allSatisfy(\.canStandInHost) }) else {
      return .malformed("the Host field is not a host and port (RFC 9112 §3.2)")
    }
    guard let coding = headers.first(name: "transfer-encoding") else { return nil }
    guard coding.lowercased() == "chunked", !version.isHTTP10 else {
      return .closing(.notImplemented, "the only transfer coding here is chunked (RFC 9112 §6.1)")
    }
    return nil
  }

  /// Whether the client waits with the body for 100 Continue (RFC 9110 §10.1.1).
  var expectsContinue: Bool {
    !version.isHTTP10 && headers.first(name: "expect")?.lowercased() == "100-continue"
  }

  /// Whether reading the rest of a refused request would cost more than a new connection.
  var hasLongBody: Bool {
    if let length = headers.first(name: "content-length") { return Int(length).map { $0 > 65_536 } ?? true }
    return headers.contains(name: "transfer-encoding")
  }

  /// The trace ID of a request (W3C Trace Context §3.2): version, 32 hex digits, 16, flags.
  var traceID: String? {
    guard let text = headers.first(name: "traceparent") else { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, parts[1].utf8.count == 32, parts[2].utf8.count == 16,
      parts[1].utf8.allSatisfy(\.isLowerHex), parts[1].contains(where: { $0 != "0" })
    else { return nil }
    return String(parts[1])
  }
}

extension UInt8 {
  /// A character of `uri-host [":" port]` (RFC 3986 §3.2): no user, no path, no list.
  fileprivate var canStandInHost: Bool {
    switch Unicode.Scalar(self) {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_", ":", "[", "]", "~", "%": true
    default: false
    }
  }

  fileprivate var isLowerHex: Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
  }
}

/// Gives each request an ID, for the logs of both sides.
struct RequestIDs {
  /// Random, so that the IDs of several processes and event loops don't collide.
  private let prefix: String
  private var count: UInt64 = 0

  init() {
    let random = (try? RandomBuffer.bytes(9)) ?? []
    prefix = Base64URL.encode(random.span) + "-"
  }

  /// The client's own ID if a log line can hold it, else a new one.
  mutating func name(_ head: HTTPRequestHead) -> String {
    if let given = head.headers.first(name: "x-request-id"), given.isRequestID { return given }
    count += 1
    return prefix + String(count, radix: 36)
  }
}

extension String {
  /// As long as a UUID at the most: a credential, sent here by mistake, is longer and stays out of the log.
  fileprivate var isRequestID: Bool {
    (1...36).contains(utf8.count) && utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }
}

extension Exchange {
  /// Spans are children of the callers' spans (W3C Trace Context). They exist only where the program has installed a tracer.
  func startSpan(_ tracer: any Tracer) {
    var context = ServiceContext.topLevel
    tracer.extract(head.headers, into: &context, using: FieldExtractor())
    span = tracer.startAnySpan("\(head.method.rawValue) \(route.rawValue)", context: context, ofKind: .server)
  }

  /// - Parameter status: `nil` where there was no answer.
  func endSpan(_ status: HTTPResponseStatus?) {
    guard let span else { return }
    span.attributes["http.request.method"] = head.method.rawValue
    if let status { span.attributes["http.response.status_code"] = Int(status.code) }
    if status?.code ?? 500 >= 500 { span.setStatus(SpanStatus(code: .error)) }
    span.end()
  }
}

private struct FieldExtractor: Extractor {
  func extract(key: String, from headers: HTTPHeaders) -> String? { headers.first(name: key) }
}
#endif
