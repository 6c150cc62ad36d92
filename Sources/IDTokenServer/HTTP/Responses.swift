#if Server
import HTTPTypes
import Hummingbird
import JOSECore
import NIOCore

/// Fields that answers have in common, made once.
enum Fields {
  static let json = "application/json"
  /// RFC 6749 §5.1: a token must not stay in a cache, and neither must what is said in its place.
  static let token: HTTPFields = [.contentType: json, .cacheControl: "no-store"]
  static let noStore: HTTPFields = [.cacheControl: "no-store"]
}

extension Response {
  /// - Parameter fields: what goes with the status whatever it is, such as those of CORS.
  init(_ refusal: Refusal, _ fields: HTTPFields = Fields.noStore) {
    var headers = fields
    headers[.contentType] = Fields.json
    headers[.cacheControl] = "no-store"
    if let seconds = refusal.retryAfter { headers[.retryAfter] = String(seconds) }
    for field in refusal.fields { headers[field.name] = field.value }
    if refusal.closesConnection { headers[.connection] = "close" }
    self.init(status: refusal.status, headers: headers, body: ResponseBody(json: refusal.json))
  }

  init(_ status: HTTPResponse.Status = .ok, json: JSONObject) {
    self.init(status: status, headers: Fields.token, body: ResponseBody(json: json))
  }

  /// Without a body, and without a field that says how long it is (RFC 9110 §8.6).
  static func empty(_ status: HTTPResponse.Status, _ fields: HTTPFields) -> Response {
    var response = Response(status: status, headers: fields)
    response.headers[.contentLength] = nil
    return response
  }
}

extension ResponseBody {
  init(json: JSONObject) {
    var writer = JSONWriter()
    writer.write(json)
    self.init(byteBuffer: ByteBuffer(bytes: writer.bytes))
  }
}
#endif
