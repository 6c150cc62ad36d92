#if Server
import JOSECore
import KeyRotation
import NIOCore
import NIOHTTP1

/// Health for load balancers; metrics, page and description for operators.
struct OperatorRoutes: Sendable {
  let ring: KeyRing
  let issuer: String
  let signs: Bool
  let authorization: OperatorAuthorization
  let hooks: OperatorHooks
  let metrics: IssuerMetrics
  let clock: WallClock
  let startedAt: NumericDate
  /// One buffer for all answers.
  private let openAPI: ByteBuffer?
  private let health = Answer(json: ["status": "ok"])

  init(
    ring: KeyRing, issuer: String, signs: Bool, authorization: OperatorAuthorization,
    hooks: OperatorHooks, metrics: IssuerMetrics, clock: WallClock
  ) {
    (self.ring, self.issuer, self.signs, self.authorization) = (ring, issuer, signs, authorization)
    (self.hooks, self.metrics, self.clock, startedAt) = (hooks, metrics, clock, clock.now)
    openAPI = hooks.openAPI.map { ByteBuffer(bytes: $0) }
  }

  func answer(_ exchange: Exchange) throws(Refusal) -> Answer {
    switch exchange.route {
    case .health: return health
    case .readiness: return Readiness(ring, signs: signs, at: clock.now).answer(ring.epoch)
    case .metrics:
      guard let render = hooks.metrics else { throw .notFound }
      try authorization.check(exchange)
      let now = clock.now
      metrics.observe(ring, at: now)
      return .document(PrometheusMetrics.contentType, ByteBuffer(bytes: render(now)))
    case .openAPI:
      guard let openAPI else { throw .notFound }
      return .document(Answer.json, openAPI)
    case .page:
      guard let render = hooks.page else { throw .notFound }
      try authorization.check(exchange)
      let document = render(view)
      return Answer(fields: document.fields, body: ByteBuffer(string: document.html))
    default: throw .notFound
    }
  }

  private var view: OperatorView {
    let now = clock.now
    return OperatorView(
      now: now, snapshot: ring.current, signsUntil: ring.signsUntil,
      problems: Readiness(ring, signs: signs, at: now).problems, startedAt: startedAt, issuer: issuer)
  }
}

extension Answer {
  fileprivate static func document(_ contentType: String, _ body: ByteBuffer) -> Answer {
    Answer(fields: [("content-type", contentType), ("cache-control", "no-store")], body: body)
  }
}

/// Whether this process is ready for requests, and why not.
struct Readiness {
  let problems: [String]

  /// - Parameter signs: whether it issues tokens, or serves keys only.
  init(_ ring: KeyRing, signs: Bool, at now: NumericDate) {
    let snapshot = ring.current
    let state = snapshot.ring
    var problems: [String] = []
    do throws(KeyRingError) { try ring.checkFreshness(at: now) } catch {
      problems.append("the key ring has not been confirmed recently")
    }
    for algorithm in state.policy.algorithms {
      let isThere =
        signs ? (try? snapshot.signingKey(for: algorithm)) != nil : state.activeKey(for: algorithm) != nil
      if !isThere { problems.append("there is no active \(algorithm) key") }
    }
    // Another process may have taken the step; this one reads it within the staleness bound.
    if let due = state.nextDue(state.policy), due.advanced(by: state.policy.stalenessBound) < now {
      problems.append("rotation is overdue since \(due)")
    }
    self.problems = problems
  }

  var isReady: Bool { problems.isEmpty }

  func answer(_ epoch: Int) -> Answer {
    var body: JSONObject = [
      "status": .string(isReady ? "ready" : "not ready"), "epoch": .integer(Int64(epoch)),
    ]
    if !isReady { body["problems"] = .array(problems.map { .string($0) }) }
    return Answer(isReady ? .ok : .serviceUnavailable, json: body)
  }
}
#endif
