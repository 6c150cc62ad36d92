#if Server
import HTTPTypes
import Hummingbird
import JOSECore
import KeyRotation
import NIOCore

/// Health for whoever sends requests here; metrics, page and description for people.
struct OperatorRoutes {
  let live: CurrentKeyRing
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

/// Whether this process should be sent requests.
struct Readiness {
  let problems: [String]

  /// - Parameter signs: whether tokens are asked of it, or keys alone.
  init(_ live: CurrentKeyRing, signs: Bool, at now: NumericDate) {
    let snapshot = live.current
    let ring = snapshot.ring
    var problems: [String] = []
    do throws(KeyRingError) { try live.checkFreshness(at: now) } catch {
      problems.append("the key ring has not been confirmed lately")
    }
    for algorithm in ring.policy.algorithms {
      let isThere =
        signs ? (try? snapshot.signingKey(for: algorithm)) != nil : ring.activeKey(for: algorithm) != nil
      if !isThere { problems.append("there is no active \(algorithm) key") }
    }
    // As long as a process may lag: until then another's step may be on its way.
    if let due = ring.nextDue(ring.policy), due.advanced(by: ring.policy.stalenessBound) < now {
      problems.append("rotation is overdue since \(due)")
    }
    self.problems = problems
  }

  var isReady: Bool { problems.isEmpty }

  func response(_ epoch: Int) -> Response {
    var body: JSONObject = [
      "status": .string(isReady ? "ready" : "not ready"), "epoch": .integer(Int64(epoch)),
    ]
    if !isReady { body["problems"] = .array(problems.map { .string($0) }) }
    return Response(isReady ? .ok : .serviceUnavailable, json: body)
  }
}
#endif
