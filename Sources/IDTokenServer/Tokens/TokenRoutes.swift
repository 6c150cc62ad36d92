#if Server
import HTTPTypes
import Hummingbird
import IDTokens
import JOSECore
import NIOCore
import SessionHost

/// `POST /session-token` and `POST /session-tokens`.
struct TokenRoutes {
  let service: TokenService
  let authenticator: Authenticator
  let bodyLimit: Int
  let metrics: IssuerMetrics
  let log: RefusalLog

  func token(_ exchange: inout Exchange) async throws(Refusal) -> Response {
    let credential = try admit(&exchange)
    try charge(credential, 1, exchange.start)
    let message = try Self.message(try await object(exchange))
    exchange.message = message
    guard let token = try await service.token(message, for: credential.host) else {
      metrics.refused(.notPermitted)
      log.noteNotPermitted(exchange.logLine)
      return .empty(.noContent, Fields.noStore)
    }
    var buffer = ByteBuffer()
    buffer.reserveCapacity(token.text.utf8.count + 48)
    SessionTokenMessage.writeAnswer(token) { buffer.writeString($0) }
    return Response(status: .ok, headers: Fields.token, body: ResponseBody(byteBuffer: buffer))
  }

  static func message(_ object: JSONObject) throws(Refusal) -> SessionTokenMessage {
    do { return try SessionTokenMessage(object) } catch { throw .invalidRequest(error.description) }
  }

  /// Authenticates the request and checks its head, before any of its body is read.
  func admit(_ exchange: inout Exchange) throws(Refusal) -> Credential {
    let request = exchange.request
    let credential = try authenticator.credential(request, exchange.context)
    exchange.host = credential.host
    guard Self.isJSON(request.headers[.contentType]) else {
      throw Refusal(.unsupportedMediaType, .invalidRequest, .invalidRequest, "the body is application/json")
    }
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimit {
      throw .tooLong(bodyLimit)
    }
    return credential
  }

  func charge(_ credential: Credential, _ count: Int, _ now: NIODeadline) throws(Refusal) {
    guard let seconds = credential.bucket.take(count, at: now) else { return }
    let rate = credential.host.rate
    throw Refusal(
      .tooManyRequests, .slowDown, .slowDown,
      "a credential of this host may ask for \(rate.perSecond) tokens a second, \(rate.burst) at once",
      retryAfter: seconds)
  }

  func object(_ exchange: Exchange) async throws(Refusal) -> JSONObject {
    let body: ByteBuffer
    do { body = try await exchange.request.body.collect(upTo: bodyLimit) } catch is NIOTooManyBytesError {
      throw .tooLong(bodyLimit)
    } catch {
      var refusal = Refusal.invalidRequest("the body could not be read to its end")
      refusal.peerIsGone = !exchange.context.channel.isActive
      throw refusal
    }
    let bytes = body.readableBytesUInt8Span
    do throws(JOSEError) {
      return try JSONObject(parsing: bytes, maximumLength: bodyLimit)
    } catch {
      throw .invalidRequest("\(error)")
    }
  }

  /// Parameters are ignored (RFC 9110 §8.3.1).
  private static func isJSON(_ contentType: String?) -> Bool {
    guard let contentType else { return false }
    if contentType == Fields.json { return true }
    let type = contentType.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
    return type.lowercased() == Fields.json
  }
}

extension Refusal {
  fileprivate static func tooLong(_ limit: Int) -> Refusal {
    var refusal = Refusal(
      .contentTooLarge, .invalidRequest, .invalidRequest, "a body is \(limit) bytes at most")
    refusal.closesConnection = true
    return refusal
  }
}

// MARK: - Batches

extension TokenRoutes {
  static let maximumBatch = 256

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

  /// Writes the answer to one request of a batch; an error stands in its place.
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
      if let token = try await service.token(message, for: host) {
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
    guard (1...maximumBatch).contains(requests.count) else {
      throw .invalidRequest("requests has \(requests.count) elements; it is 1 to \(maximumBatch)")
    }
    return requests
  }
}
#endif
