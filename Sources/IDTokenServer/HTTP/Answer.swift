#if Server
import JOSECore
import NIOCore
import NIOHTTP1

/// An answer, without the fields that every answer has: date, request ID and length.
struct Answer {
  /// Names are in lower case, as HTTP/2 has them (RFC 9113 §8.2).
  typealias Fields = [(name: String, value: String)]

  var status: HTTPResponseStatus
  var fields: Fields
  /// `nil` for answers that have neither a body nor a length (RFC 9110 §8.6).
  var body: ByteBuffer?
  /// Whether only the length of the body is sent, as for HEAD.
  var isHead = false
  var closesConnection = false

  static let json = "application/json"
  /// RFC 6749 §5.1: neither a token nor a refusal may be cached.
  static let jsonFields: Fields = [("content-type", json), ("cache-control", "no-store")]
  static let notPermitted = Answer(status: .noContent, fields: [("cache-control", "no-store")])

  init(status: HTTPResponseStatus = .ok, fields: Fields, body: ByteBuffer? = nil) {
    (self.status, self.fields, self.body) = (status, fields, body)
  }

  init(_ status: HTTPResponseStatus = .ok, json: JSONObject) {
    var writer = JSONWriter()
    writer.write(json)
    self.init(status: status, fields: Self.jsonFields, body: ByteBuffer(bytes: writer.bytes))
  }

  init(_ refusal: Refusal) {
    self.init(refusal.status, json: refusal.json)
    if let seconds = refusal.retryAfter { fields.append(("retry-after", String(seconds))) }
    fields += refusal.fields
    closesConnection = refusal.closesConnection
  }
}

/// What an answer has beside its own fields.
struct AnswerContext {
  let date: String
  let requestID: String
  /// Whether the request was HTTP/1.0, where keeping a connection has to be said (RFC 9112 §9.3).
  var isHTTP10 = false
}

extension ByteBuffer {
  /// The answer in HTTP/1.1 (RFC 9112 §4). A long body isn't copied: it is written after this buffer.
  ///
  /// - Returns: what is left to write.
  mutating func write(_ answer: Answer, _ context: AnswerContext) -> ByteBuffer? {
    let isShort = (answer.body?.readableBytes ?? 0) <= 4096
    reserveCapacity(320 + (isShort ? answer.body?.readableBytes ?? 0 : 0))
    writeStaticString("HTTP/1.1 ")
    writeString(String(answer.status.code))
    writeStaticString(" ")
    writeString(answer.status.reasonPhrase)
    for (name, value) in answer.fields { writeField(name, value) }
    if let body = answer.body { writeField("content-length", String(body.readableBytes)) }
    writeField("date", context.date)
    writeField("x-request-id", context.requestID)
    if answer.closesConnection {
      writeStaticString("\r\nconnection: close")
    } else if context.isHTTP10 {
      writeStaticString("\r\nconnection: keep-alive")
    }
    writeStaticString("\r\n\r\n")
    guard let body = answer.body, !answer.isHead else { return nil }
    guard isShort else { return body }
    writeImmutableBuffer(body)
    return nil
  }

  private mutating func writeField(_ name: String, _ value: String) {
    writeStaticString("\r\n")
    writeString(name)
    writeStaticString(": ")
    writeString(value)
  }
}

extension ChannelHandlerContext {
  /// Writes an answer in the protocol of its connection, whatever version the request names.
  func write(_ answer: Answer, _ facts: AnswerContext, _ version: RequestHandler.Version) {
    switch version {
    case .http1:
      var buffer = channel.allocator.buffer(capacity: 1280)
      let rest = buffer.write(answer, facts)
      write(NIOAny(buffer), promise: nil)
      if let rest { write(NIOAny(rest), promise: nil) }
    case .http2:
      write(NIOAny(HTTPServerResponsePart.head(answer.head(facts))), promise: nil)
      if let body = answer.body, !answer.isHead {
        write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(body))), promise: nil)
      }
      write(NIOAny(HTTPServerResponsePart.end(nil)), promise: nil)
    }
  }
}

extension Answer {
  /// The answer's head in HTTP/2.
  fileprivate func head(_ context: AnswerContext) -> HTTPResponseHead {
    var headers = HTTPHeaders()
    headers.reserveCapacity(fields.count + 3)
    for (name, value) in fields { headers.add(name: name, value: value) }
    if let body { headers.add(name: "content-length", value: String(body.readableBytes)) }
    headers.add(name: "date", value: context.date)
    headers.add(name: "x-request-id", value: context.requestID)
    return HTTPResponseHead(version: .http2, status: status, headers: headers)
  }
}

extension NumericDate {
  /// As header fields have it (RFC 9110 §5.6.7): `Tue, 24 Nov 2026 18:04:02 GMT`.
  var httpDate: String {
    let text = description.utf8.map { Character(Unicode.Scalar($0)) }
    guard text.count == 20, let month = Int(String(text[5...6])), (1...12).contains(month) else {
      return description
    }
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    // Before 1970 too, which a machine without a battery may believe it is.
    let weekday = (secondsSinceEpoch.quotientRoundedDown(by: 86_400) % 7 + 7) % 7
    let day = days[Int(weekday)]
    return
      "\(day), \(String(text[8...9])) \(months[month - 1]) \(String(text[0...3])) \(String(text[11...18])) GMT"
  }
}
#endif
