#if Server
import IDTokens
import JOSECore
import NIOCore
import NIOHTTP1
import SessionHost
import Synchronization
import Tracing

/// Answers every request: finds its route, enforces the limit of concurrent requests, and logs and counts refusals.
final class IssuerResponder: Sendable {
  struct Times: Sendable {
    /// How long a connection may wait for the next request, or for the client to read an answer.
    var idle: TimeAmount
    /// How long a request may take to arrive.
    var request: TimeAmount
    /// How long requests in progress may take once the issuer shuts down.
    var shutdown: TimeAmount
  }

  /// `nil` if this issuer serves keys only.
  private let tokens: TokenRoutes?
  private let documents: PublicDocuments
  private let operations: OperatorRoutes
  let concurrency: ConcurrencyLimit
  let metrics: IssuerMetrics
  private let log: RefusalLog
  /// `nil` unless it is turned on.
  private let accessLog: AccessLog?
  let clock: IssuerClock
  let times: Times
  let bodyLimit: Int
  let multiBuffer: MultiBufferSigner
  /// `nil` unless the program has installed a tracer.
  let tracer: (any Tracer)?

  init(
    tokens: TokenRoutes?, documents: PublicDocuments, operations: OperatorRoutes,
    _ configuration: IssuerConfiguration, metrics: IssuerMetrics, log: RefusalLog, accessLog: AccessLog?,
    clock: IssuerClock
  ) {
    (self.tokens, self.documents, self.operations) = (tokens, documents, operations)
    (self.metrics, self.log, self.accessLog, self.clock) = (metrics, log, accessLog, clock)
    multiBuffer = configuration.multiBufferSigner
    let limits = configuration.limits
    concurrency = ConcurrencyLimit(limits.concurrentRequests)
    times = Times(
      idle: .seconds(Int64(limits.idleTimeout)), request: .seconds(Int64(limits.requestTimeout)),
      shutdown: .seconds(Int64(configuration.shutdownTimeout)))
    bodyLimit = limits.body
    let tracer = InstrumentationSystem.tracer
    self.tracer = tracer is NoOpTracer ? nil : tracer
  }

  /// Checks a request's head, before its body is read.
  func admit(_ exchange: Exchange) throws(Refusal) {
    if let refusal = exchange.head.refusal { throw refusal }
    let route = exchange.route
    guard exists(route, for: exchange.client) else { throw .notFound }
    guard route.allows(exchange.head.method) else { throw .methodNotAllowed(route) }
    if route.isAlwaysAnswered { return }
    guard concurrency.enter() else { throw .overloaded }
    exchange.isCounted = true
    if route.takesBody { try tokens?.admit(exchange) }
  }

  /// Answers a complete request by way of its handler, now or later.
  func answer(_ exchange: Exchange, _ loop: LoopState, _ handler: RequestHandler) {
    do throws(Refusal) {
      switch exchange.route {
      case .token, .tokens:
        guard let tokens else { throw .notFound }
        try tokens.answer(exchange, loop, handler)
      case .jwks, .discovery:
        guard let answer = try documents.answer(exchange, at: clock.wall.now) else { throw .notFound }
        handler.answer(exchange, answer)
      default: handler.answer(exchange, try operations.answer(exchange))
      }
    } catch { handler.answer(exchange, answer(error, exchange)) }
  }

  /// The answer to a refused request. The refusal is logged and counted.
  func answer(_ refusal: Refusal, _ exchange: Exchange) -> Answer {
    metrics.refused(refusal.reason)
    log.note(refusal, exchange.logLine)
    var answer = Answer(refusal)
    switch exchange.route {
    case .jwks, .discovery: answer.fields.append(("access-control-allow-origin", "*"))
    default: break
    }
    return answer
  }

  /// Logs and counts a refusal of what is no request.
  func note(_ refusal: Refusal, _ client: Client) {
    metrics.refused(refusal.reason)
    log.note(refusal, LogLine(route: .other, requestID: "-", traceID: nil, client: client.address))
  }

  func ended(_ exchange: Exchange, _ answer: Answer, _ metrics: AnswerMetrics) {
    exchange.endSpan(answer.status)
    leave(exchange)
    let duration = clock.uptime() - exchange.start
    metrics.record(duration)
    accessLog?.note(exchange, answer, duration)
  }

  /// The request ends without an answer: its client is gone.
  func abandon(_ exchange: Exchange) {
    exchange.endSpan(nil)
    leave(exchange)
  }

  private func leave(_ exchange: Exchange) {
    guard exchange.isCounted else { return }
    exchange.isCounted = false
    concurrency.leave()
  }

  /// Whether the token's signature is made with others at a time.
  func signsTogether(_ token: PreparedToken) -> Bool {
    guard let key = token.key, key.multiBufferKind != nil else { return false }
    return multiBuffer.unavailabilityReason(for: key) == nil
  }

  private func exists(_ route: Route, for client: Client) -> Bool {
    switch route {
    case .other: false
    case .token, .tokens: tokens != nil && !client.isOperator
    case .metrics, .page: client.isOperator
    default: true
    }
  }
}

/// Counts concurrent requests. Further ones are refused immediately: a queue would delay all of them.
final class ConcurrencyLimit: Sendable {
  private let limit: Int
  private let count = Atomic<Int>(0)

  init(_ limit: Int) { self.limit = limit }

  func enter() -> Bool {
    if count.add(1, ordering: .relaxed).newValue <= limit { return true }
    leave()
    return false
  }

  func leave() { count.subtract(1, ordering: .relaxed) }
}

extension Refusal {
  static let notFound = Refusal(.notFound, .invalidRequest, .invalidRequest, "there is nothing here")

  static let tooSlow = closing(.requestTimeout, "the request took too long to arrive")

  /// Of a head with which no request begins that could be answered by itself.
  static func malformed(_ description: String) -> Refusal { closing(.badRequest, description) }

  static func closing(_ status: HTTPResponseStatus, _ description: String) -> Refusal {
    var refusal = Refusal(status, .invalidRequest, .invalidRequest, description)
    refusal.closesConnection = true
    return refusal
  }

  /// The refusal of a malformed or oversized head or body.
  static func unreadable(_ error: any Error) -> Refusal {
    guard error as? HTTPParserError == .headerOverflow else {
      return .malformed("this is not HTTP/1.1 (RFC 9112)")
    }
    return closing(.requestHeaderFieldsTooLarge, "the header of this request is too large")
  }

  static func tooLong(_ limit: Int) -> Refusal {
    closing(.payloadTooLarge, "a body is \(limit) bytes at most")
  }

  fileprivate static let overloaded = Refusal(
    .serviceUnavailable, .temporarilyUnavailable, .overloaded, "too many requests at once", retryAfter: 1)

  fileprivate static func methodNotAllowed(_ route: Route) -> Refusal {
    var refusal = Refusal(
      .methodNotAllowed, .invalidRequest, .invalidRequest, "the methods here are \(route.allowed)")
    refusal.fields.append(("allow", route.allowed))
    return refusal
  }
}
#endif
