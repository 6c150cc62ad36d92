#if Server
import Hummingbird
import JOSECore
import NIOCore
import SessionHost

/// `POST /session-tokens`.
extension TokenRoutes {
  static let longestBatch = 256

  func tokens(_ exchange: inout Exchange) async throws(Refusal) -> Response {
    let credential = try admit(&exchange)
    let body = try await object(exchange)
    let requests = try Self.requests(body)
    try charge(credential, requests.count, exchange.start)
    var buffer = ByteBuffer()
    buffer.reserveCapacity(16 + requests.count * 1024)
    buffer.writeStaticString("{\"tokens\":[")
    for (index, request) in requests.enumerated() {
      if index > 0 { buffer.writeStaticString(",") }
      await answer(request, credential.host, &exchange, &buffer)
    }
    buffer.writeStaticString("]}")
    return Response(status: .ok, headers: Fields.token, body: ResponseBody(byteBuffer: buffer))
  }

  /// One of a batch: what is wrong with it is said in its place.
  private func answer(
    _ request: JSONValue, _ host: Host, _ exchange: inout Exchange, _ buffer: inout ByteBuffer
  ) async {
    exchange.message = nil
    do throws(Refusal) {
      guard let object = request.object else {
        throw .invalidRequest("a request is \(request.typeName), not an object")
      }
      let message = try Self.message(object)
      exchange.message = message
      if let token = try await desk.token(message, for: host) {
        SessionTokenMessage.writeAnswer(token) { buffer.writeString($0) }
      } else {
        metrics.refused(.notPermitted)
        log.noteNotPermitted(exchange.logLine)
        buffer.writeStaticString("null")
      }
    } catch {
      metrics.refused(error.reason)
      log.note(error, exchange.logLine)
      var writer = JSONWriter()
      writer.write(error.json)
      buffer.writeBytes(writer.bytes)
    }
  }

  private static func requests(_ body: JSONObject) throws(Refusal) -> [JSONValue] {
    if let other = body.members.first(where: { $0.name != "requests" }) {
      throw .invalidRequest("unknown member \(other.name.prefix(40))")
    }
    guard let value = body["requests"] else { throw .invalidRequest("requests is missing") }
    guard let requests = value.array else {
      throw .invalidRequest("requests is \(value.typeName), not an array")
    }
    guard (1...longestBatch).contains(requests.count) else {
      throw .invalidRequest("requests has \(requests.count) elements; it is 1 to \(longestBatch)")
    }
    return requests
  }
}
#endif
