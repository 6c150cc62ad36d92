#if Server
import HTTPTypes
import Hummingbird
import JOSECore
import KeyRotation
import NIOCore

/// Health for whoever sends requests here; metrics, page and description for people.
struct OperatorRoutes {
  let live: KeyRing
  let issuer: String
  let signs: Bool
  let gate: OperatorAuthorization
  let hooks: OperatorHooks
  let metrics: IssuerMetrics
  let clock: WallClock
  let startedAt: NumericDate

  func response(_ exchange: Exchange) throws(Refusal) -> Response {
    let response = try self.response(exchange.route, exchange)
    return exchange.request.method == .head ? response.createHeadResponse() : response
  }

  private func response(_ route: Route, _ exchange: Exchange) throws(Refusal) -> Response {
    switch route {
    case .health: return Response(json: ["status": "ok"])
    case .readiness: return Readiness(live, signs: signs, at: clock.now).response(live.epoch)
    case .metrics:
      guard let render = hooks.metrics else { throw .notFound }
      try gate.check(exchange.request, exchange.context)
      let now = clock.now
      metrics.observe(live, at: now)
      return Response("text/plain; version=0.0.4; charset=utf-8", render(now))
    case .openAPI:
      guard let document = hooks.openAPI else { throw .notFound }
      return Response(Fields.json, document)
    case .page:
      guard let render = hooks.page else { throw .notFound }
      try gate.check(exchange.request, exchange.context)
      return Response(render(view))
    default: throw .notFound
    }
  }

  private var view: OperatorView {
    let now = clock.now
    return OperatorView(
      now: now, snapshot: live.current, signsUntil: live.signsUntil,
      problems: Readiness(live, signs: signs, at: now).problems, startedAt: startedAt, issuer: issuer)
  }
}

extension Response {
  fileprivate init(_ contentType: String, _ bytes: [UInt8]) {
    self.init(
      status: .ok, headers: [.contentType: contentType, .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  fileprivate init(_ document: OperatorDocument) {
    self.init(
      status: .ok, headers: document.fields,
      body: ResponseBody(byteBuffer: ByteBuffer(string: document.html)))
  }
}
#endif
