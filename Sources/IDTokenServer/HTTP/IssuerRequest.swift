#if Server
import HTTPTypes
public import Hummingbird
import IDTokens
import Instrumentation
import JOSECore
import Logging
import NIOCore
import Synchronization
import Tracing

/// The connection of a request.
public struct IssuerRequestContext: InitializableFromSource, Sendable {
  let channel: any Channel

  public init(source: ApplicationRequestContextSource) { channel = source.channel }

  /// Whether the client is on this machine, by the connection's address.
  var isLoopback: Bool {
    switch channel.remoteAddress {
    case .v4, .v6: LoopbackHost.matches(channel.remoteAddress?.ipAddress ?? "")
    case .unixDomainSocket: true
    case nil: false
    }
  }

  /// The client's address without its port.
  var clientAddress: String { channel.remoteAddress?.ipAddress ?? "local" }
}

extension HTTPRequest {
  /// RFC 9112 §3.2: with several Host fields, a proxy and this server might choose different ones. The first one is the
  /// authority; any others are still among the fields.
  var hasOneHost: Bool {
    guard headerFields[named: .host] == nil else { return false }
    return authority?.utf8.allSatisfy(\.canStandInHost) ?? true
  }

  /// Whether the client waits with the body for 100 Continue (RFC 9110 §10.1.1).
  var expectsContinue: Bool { headerFields[.expect]?.lowercased() == "100-continue" }

  /// Connection options are case-insensitive and may be a list (RFC 9110 §7.6.1); Hummingbird recognises `close` only.
  /// Returns whether anything was changed.
  mutating func normalizeClose() -> Bool {
    guard let options = headerFields[.connection], options != "close", options != "keep-alive",
      options.lowercased().split(separator: ",").contains(where: { $0.filter { $0 != " " } == "close" })
    else { return false }
    headerFields[.connection] = "close"
    return true
  }
}

extension HTTPField.Name {
  fileprivate static let host = HTTPField.Name("Host")
}

extension UInt8 {
  /// A character of `uri-host [":" port]` (RFC 3986 §3.2): no user, no path, no list.
  fileprivate var canStandInHost: Bool {
    switch Unicode.Scalar(self) {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_", ":", "[", "]", "~", "%": true
    default: false
    }
  }
}

/// Gives each request an ID, for the logs of both sides.
final class RequestIDs: Sendable {
  /// Random, so that the IDs of several processes don't collide.
  private let prefix: String
  private let count = Atomic<UInt64>(0)

  init() {
    let random = (try? RandomBuffer.bytes(9)) ?? []
    prefix = Base64URL.encode(random.span) + "-"
  }

  /// The client's own ID if a log line can hold it, else a new one.
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
  /// For names that are made at run time and may be invalid.
  subscript(named name: HTTPField.Name?) -> String? {
    get { name.flatMap { self[$0] } }
    set { if let name { self[name] = newValue } }
  }
}

extension HTTPRequest {
  /// The trace ID of a request (W3C Trace Context §3.2): version, 32 hex digits, 16, flags.
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

/// Spans of requests, children of the callers' spans (W3C Trace Context). Used only if the program has installed a tracer,
/// because a span costs time.
struct RequestTracing: Sendable {
  let tracer: any Tracer

  func trace(_ request: Request, _ answer: () async -> Response) async -> Response {
    var context = ServiceContext.topLevel
    tracer.extract(request.headers, into: &context, using: FieldExtractor())
    let name = "\(request.method.rawValue) \(Route(path: request.uri.path).rawValue)"
    return await tracer.withAnySpan(name, context: context, ofKind: .server) { span in
      let response = await answer()
      span.attributes["http.request.method"] = request.method.rawValue
      span.attributes["http.response.status_code"] = response.status.code
      if response.status.code >= 500 { span.setStatus(SpanStatus(code: .error)) }
      return response
    }
  }
}

private struct FieldExtractor: Extractor {
  func extract(key: String, from fields: HTTPFields) -> String? { fields[named: HTTPField.Name(key)] }
}
#endif
