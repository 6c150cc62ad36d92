#if Server
import IDTokens
import JOSECore
import NIOCore
import NIOHTTP1
import SessionHost

/// `POST /session-token` and `POST /session-tokens`.
struct TokenRoutes: Sendable {
  let service: TokenService
  let authenticator: Authenticator
  let bodyLimit: Int
  let metrics: IssuerMetrics
  let log: RefusalLog

  /// Authenticates the request and checks its head, before any of its body is read.
  func admit(_ exchange: Exchange) throws(Refusal) {
    let headers = exchange.head.headers
    let credential = try authenticator.credential(exchange.head, exchange.client)
    exchange.credential = credential
    guard Self.isJSON(headers.first(name: "content-type")) else {
      throw Refusal(.unsupportedMediaType, .invalidRequest, .invalidRequest, "the body is application/json")
    }
    if let length = headers.first(name: "content-length").flatMap({ Int($0) }), length > bodyLimit {
      throw .tooLong(bodyLimit)
    }
    if exchange.route == .token { try charge(credential, 1, exchange.start) }
  }

  /// Parameters are ignored (RFC 9110 §8.3.1).
  private static func isJSON(_ contentType: String?) -> Bool {
    guard let contentType else { return false }
    if contentType == Answer.json { return true }
    let type = contentType.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
    return type.lowercased() == Answer.json
  }

  private func charge(_ credential: Credential, _ count: Int, _ now: NIODeadline) throws(Refusal) {
    guard let seconds = credential.bucket.take(count, at: now) else { return }
    let rate = credential.host.rate
    throw Refusal(
      .tooManyRequests, .slowDown, .slowDown,
      "a credential of this host may ask for \(rate.perSecond) tokens a second, \(rate.burst) at once",
      retryAfter: seconds)
  }

  private func object(_ exchange: Exchange) throws(Refusal) -> JSONObject {
    let body = exchange.body ?? ByteBuffer()
    let bytes = body.readableBytesUInt8Span
    do throws(JOSEError) { return try JSONObject(parsing: bytes, maximumLength: bodyLimit) } catch {
      throw .invalidRequest("\(error)")
    }
  }

  private static func message(_ object: JSONObject) throws(Refusal) -> SessionTokenMessage {
    do { return try SessionTokenMessage(object) } catch { throw .invalidRequest(error.description) }
  }
}

// MARK: - One token

extension TokenRoutes {
  /// Answers a complete request by way of its handler, now or later.
  func answer(_ exchange: Exchange, _ loop: LoopState, _ handler: RequestHandler) throws(Refusal) {
    guard let credential = exchange.credential else { throw .notFound }
    let body = try object(exchange)
    if exchange.route == .token {
      try token(body, credential.host, exchange, loop, handler)
    } else {
      try tokens(body, credential, exchange, loop, handler)
    }
  }

  /// Answers at once where the session's authorization is known, else when the authorizer has answered.
  private func token(
    _ body: JSONObject, _ host: Host, _ exchange: Exchange, _ loop: LoopState, _ handler: RequestHandler
  ) throws(Refusal) {
    let message = try Self.message(body)
    exchange.message = message
    try service.check(message, host)
    let key = SessionKey(
      host: ObjectIdentifier(host), shop: message.session.shopDomain, user: message.user,
      clientID: message.clientID, sessionID: message.sessionID)
    if let session = loop.session(key) { return loop.issue(session, exchange, handler) }
    let later = NIOLoopBound((exchange, loop, handler), eventLoop: loop.eventLoop)
    Task {
      let result = await service.authorized(message, for: host)
      later.execute { exchange, loop, handler in
        self.finish(result, key, host, exchange, loop, handler)
      }
    }
  }

  private func finish(
    _ result: Result<AuthorizedSession?, Refusal>, _ key: SessionKey, _ host: Host, _ exchange: Exchange,
    _ loop: LoopState, _ handler: RequestHandler
  ) {
    switch result {
    case .success(let authorized?):
      let app = authorized.app
      let counter = metrics.counter(app.clientID, app.signedResponseAlgorithm)
      let session = LoopSession(authorized, counter, host)
      loop.keep(session, for: key)
      loop.issue(session, exchange, handler)
    case .success(nil):
      metrics.refused(.notPermitted)
      log.noteNotPermitted(exchange.logLine)
      handler.answer(exchange, .notPermitted)
    case .failure(let refusal):
      handler.answer(exchange, loop.responder.answer(refusal, exchange))
    }
  }
}

extension NIOLoopBound {
  /// Runs `body` with the value on its event loop.
  fileprivate func execute<A, B, C>(_ body: @escaping @Sendable (A, B, C) -> Void) where Value == (A, B, C) {
    eventLoop.execute {
      let (a, b, c) = value
      body(a, b, c)
    }
  }
}

// MARK: - Batches

extension TokenRoutes {
  static let maximumBatch = 256

  /// A batch may take as long as hundreds of tokens, so it isn't made on the event loop.
  private func tokens(
    _ body: JSONObject, _ credential: Credential, _ exchange: Exchange, _ loop: LoopState,
    _ handler: RequestHandler
  ) throws(Refusal) {
    let requests = try Self.requests(body)
    try charge(credential, requests.count, exchange.start)
    let line = exchange.logLine
    let later = NIOLoopBound((exchange, loop, handler), eventLoop: loop.eventLoop)
    Task {
      let body = await answer(requests, credential.host, line)
      later.execute { exchange, _, handler in
        handler.answer(exchange, Answer(fields: Answer.jsonFields, body: body))
      }
    }
  }

  /// The tokens in the order of the requests; an error stands in the place of its token.
  private func answer(_ requests: [JSONValue], _ host: Host, _ line: LogLine) async -> ByteBuffer {
    let results = await service.tokens(requests.map { Self.message($0) }, for: host)
    var buffer = ByteBuffer()
    buffer.reserveCapacity(16 + requests.count * 1024)
    buffer.writeStaticString("{\"tokens\":[")
    for (index, (message, result)) in results.enumerated() {
      if index > 0 { buffer.writeStaticString(",") }
      var line = line
      (line.clientID, line.shop) = (message?.clientID.text, message?.session.shopDomain.host)
      switch result {
      case .success(let token?): SessionTokenMessage.writeAnswer(token) { buffer.writeString($0) }
      case .success(nil):
        metrics.refused(.notPermitted)
        log.noteNotPermitted(line)
        buffer.writeStaticString("null")
      case .failure(let refusal):
        metrics.refused(refusal.reason)
        log.note(refusal, line)
        var writer = JSONWriter()
        writer.write(refusal.json)
        buffer.writeBytes(writer.bytes)
      }
    }
    buffer.writeStaticString("]}")
    return buffer
  }

  private static func message(_ request: JSONValue) -> Result<SessionTokenMessage, Refusal> {
    Result { () throws(Refusal) in
      guard let object = request.object else {
        throw .invalidRequest("a request is \(request.typeName), not an object")
      }
      return try message(object)
    }
  }

  private static func requests(_ body: JSONObject) throws(Refusal) -> [JSONValue] {
    guard body.members.allSatisfy({ $0.name == "requests" }) else {
      throw .invalidRequest("the body has another member than requests")
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
