#if Client
import JOSECore
import NIOHTTP1

/// An HTTP answer as it came, its body bounded.
struct Answer: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: [UInt8]

  /// Without parameters (RFC 9110 §8.3.1).
  var mediaType: String {
    let value = headers.first(name: "Content-Type") ?? ""
    return value.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
  }

  /// The answer as a refusal. A body that isn't in the form of RFC 6749 §5.2 adds nothing.
  var refusal: IssuerRefusal {
    let object = try? JSONObject(parsing: body.span)
    return IssuerRefusal(
      status: status, error: object?["error"]?.string?.printable(64),
      errorDescription: object?["error_description"]?.string?.printable(256),
      retryAfter: headers.first(name: "Retry-After").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil })
  }
}

extension String {
  /// The text as a log line can take it: it came from outside.
  func printable(_ limit: Int) -> String {
    let bytes = utf8.prefix(limit).map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: bytes, as: UTF8.self)
  }
}
#endif
