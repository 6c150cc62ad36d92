#if Server
import HTTPTypes
import Hummingbird
import IDTokens
import JOSECore
import NIOCore
import SessionHost

/// `POST /session-token`, and what it has in common with `POST /session-tokens`.
struct TokenRoutes {
  let desk: TokenService
  let authenticator: Authenticator
  let bodyLimit: Int
  let metrics: IssuerMetrics
  let log: RefusalLog

  func token(_ exchange: inout Exchange) async throws(Refusal) -> Response {
    let credential = try admit(&exchange)
    try charge(credential, 1, exchange.start)
    let message = try Self.message(try await object(exchange))
    exchange.message = message
    guard let token = try await desk.token(message, for: credential.host) else {
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

  /// Who it is and whether the rest is worth reading, before any of it is read.
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
    do throws(JSONError) {
      return try JSONObject(parsing: bytes, limits: JSONLimits(bytes: bodyLimit))
    } catch {
      throw .invalidRequest("\(error)")
    }
  }

  /// With parameters or without (RFC 9110 §8.3.1).
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
#endif
