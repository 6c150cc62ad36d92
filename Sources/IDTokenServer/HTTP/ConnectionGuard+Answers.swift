#if Server
import HTTPTypes
import JOSECore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

extension Error {
  /// Whether a request that can't be understood is behind it, and not a connection that is gone.
  var isAboutHTTP: Bool {
    self is HTTPParserError || String(describing: type(of: self)) == "HTTP1TypeConversionError"
  }
}

extension Refusal {
  static let tooSlow = Refusal(
    .requestTimeout, .invalidRequest, .invalidRequest, "the request took too long to arrive")

  /// For an error that is about HTTP.
  static func unreadable(_ error: any Error) -> Refusal {
    guard error as? HTTPParserError == .headerOverflow else {
      return .invalidRequest("this is not HTTP/1.1 (RFC 9112)")
    }
    return Refusal(
      .requestHeaderFieldsTooLarge, .invalidRequest, .invalidRequest,
      "the header of this request is too large")
  }

  /// All of an answer after which the connection ends.
  var lastAnswer: [HTTPResponsePart] {
    let body = ByteBuffer(string: json.description)
    let fields: HTTPFields = [
      .contentType: Fields.json, .cacheControl: "no-store", .connection: "close",
      .contentLength: String(body.readableBytes),
    ]
    return [.head(HTTPResponse(status: status, headerFields: fields)), .body(body), .end(nil)]
  }
}
#endif
