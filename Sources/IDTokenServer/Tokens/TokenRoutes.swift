#if Server
  import HTTPTypes
  import Hummingbird
  import IDTokens
  import JOSE
  import JSON
  import NIOCore
  import SessionHost

  /// `POST /session-token` and `POST /session-tokens`.
  struct TokenRoutes {
    static let longestBatch = 256

    let desk: TokenDesk
    let authenticator: Authenticator
    let bodyLimit: Int
    let metrics: IssuerMetrics
    let log: RefusalLog

    func token(_ exchange: inout Exchange) async throws(Refusal) -> Response {
      let credential = try admit(&exchange)
      try charge(credential, 1, exchange.start)
      let order = try TokenOrder(try await object(exchange.request))
      exchange.order = order
      guard let token = try await desk.token(order, for: credential.host) else {
        metrics.refused(.notPermitted)
        log.noteNotPermitted(exchange.logLine)
        return .empty(.noContent, Fields.noStore)
      }
      return Response(status: .ok, headers: Fields.token, body: ResponseBody(byteBuffer: ByteBuffer(token)))
    }

    func tokens(_ exchange: inout Exchange) async throws(Refusal) -> Response {
      let credential = try admit(&exchange)
      let body = try await object(exchange.request)
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
      exchange.order = nil
      do throws(Refusal) {
        guard let object = request.object else {
          throw .invalidRequest("a request is \(request.typeName), not an object")
        }
        let order = try TokenOrder(object)
        exchange.order = order
        if let token = try await desk.token(order, for: host) {
          buffer.write(token)
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

    /// Who it is and whether the rest is worth reading, before any of it is read.
    private func admit(_ exchange: inout Exchange) throws(Refusal) -> Credential {
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

    private func charge(_ credential: Credential, _ count: Int, _ now: NIODeadline) throws(Refusal) {
      guard let seconds = credential.bucket.take(count, at: now) else { return }
      let rate = credential.host.rate
      throw Refusal(
        .tooManyRequests, .slowDown, .slowDown,
        "a credential of this host may ask for \(rate.perSecond) tokens a second, \(rate.burst) at once",
        retryAfter: seconds)
    }

    private func object(_ request: Request) async throws(Refusal) -> JSONObject {
      let body: ByteBuffer
      do { body = try await request.body.collect(upTo: bodyLimit) } catch is NIOTooManyBytesError {
        throw .tooLong(bodyLimit)
      } catch { throw .invalidRequest("the body could not be read to its end") }
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

  extension ByteBuffer {
    fileprivate init(_ token: SessionToken) {
      self.init()
      reserveCapacity(token.serialized.utf8.count + 48)
      write(token)
    }

    /// A token is base64url and dots: nothing in it has to be escaped.
    fileprivate mutating func write(_ token: SessionToken) {
      writeStaticString("{\"token\":\"")
      writeString(token.serialized)
      writeStaticString("\",\"expiresAt\":")
      writeString(String(token.expiresAt.secondsSinceEpoch))
      writeStaticString("}")
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
