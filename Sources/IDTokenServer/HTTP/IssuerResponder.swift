#if Server
import HTTPTypes
public import Hummingbird
import IDTokens
import JOSECore
import NIOCore
import SessionHost
import Synchronization

/// Answers every request: finds its route, enforces the limit of concurrent requests, and formats refusals.
public struct IssuerResponder: HTTPResponder {
  public typealias Context = IssuerRequestContext

  /// `nil` if this issuer serves keys only.
  let tokens: TokenRoutes?
  let documents: PublicDocuments
  let operations: OperatorRoutes
  let concurrency: ConcurrencyLimit
  let metrics: IssuerMetrics
  let log: RefusalLog
  let requestIDs = RequestIDs()
  let clock: IssuerClock
  let tracing: RequestTracing?

  public func respond(to request: Request, context: IssuerRequestContext) async throws -> Response {
    guard let tracing else { return await answer(request, context) }
    return await tracing.trace(request) { await answer(request, context) }
  }

  private func answer(_ request: Request, _ context: IssuerRequestContext) async -> Response {
    let start = clock.uptime()
    let route = Route(path: request.uri.path)
    var exchange = Exchange(
      request: request, context: context, route: route, requestID: requestIDs.name(request.head),
      start: start)
    var response: Response
    do throws(Refusal) { response = try await answer(&exchange) } catch {
      var error = error
      if request.hasLongBody { error.closesConnection = true }
      if !error.peerIsGone {
        metrics.refused(error.reason)
        log.note(error, exchange.logLine)
      }
      response = Response(error, exchange.commonFields)
      if request.method == .head { response = response.createHeadResponse() }
    }
    response.headers[named: .requestID] = exchange.requestID
    metrics.answered(route, from: start, to: clock.uptime())
    return response
  }

  private func answer(_ exchange: inout Exchange) async throws(Refusal) -> Response {
    let (request, route) = (exchange.request, exchange.route)
    guard route.allows(request.method) || isMissing(route) else { throw .methodNotAllowed(route) }
    if route.isAlwaysAnswered { return try operations.response(exchange) }
    guard concurrency.enter() else { throw .overloaded }
    defer { concurrency.leave() }
    switch route {
    case .token:
      guard let tokens else { throw .notFound }
      return try await tokens.token(&exchange)
    case .tokens:
      guard let tokens else { throw .notFound }
      return try await tokens.tokens(&exchange)
    case .jwks, .discovery:
      guard let response = try documents.response(to: request, at: clock.wall.now) else { throw .notFound }
      return response
    default: return try operations.response(exchange)
    }
  }

  private func isMissing(_ route: Route) -> Bool {
    switch route {
    case .other: true
    case .token, .tokens: tokens == nil
    default: false
    }
  }
}

extension Request {
  /// Whether reading the rest of a refused request would cost more than a new connection.
  fileprivate var hasLongBody: Bool {
    if let length = headers[.contentLength] { return Int(length).map { $0 > 65_536 } ?? true }
    return headers[.transferEncoding] != nil
  }
}

/// A request with everything that is known about it so far.
struct Exchange {
  let request: Request
  let context: IssuerRequestContext
  let route: Route
  let requestID: String
  let start: NIODeadline
  var host: Host?
  var message: SessionTokenMessage?

  var logLine: LogLine {
    LogLine(
      route: route, requestID: requestID, traceID: request.head.traceID, client: context.clientAddress,
      host: host?.name, clientID: message?.clientID.text, shop: message?.session.shopDomain.host)
  }

  /// The fields of every answer of a route.
  var commonFields: HTTPFields {
    switch route {
    case .jwks, .discovery: [.accessControlAllowOrigin: "*"]
    default: HTTPFields()
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

  fileprivate static let overloaded = Refusal(
    .serviceUnavailable, .temporarilyUnavailable, .overloaded, "too many requests at once", retryAfter: 1)

  fileprivate static func methodNotAllowed(_ route: Route) -> Refusal {
    var refusal = Refusal(
      .methodNotAllowed, .invalidRequest, .invalidRequest, "the methods here are \(route.allowed)")
    refusal.fields[.allow] = route.allowed
    return refusal
  }
}
#endif
