#if Server
import JOSECore
import KeyRotation
import SystemSupport

/// An `OperatorStatus` in the words and names of the template, which reads stored properties alone.
struct PageContent {
  let issuer, state, stateStyle, now, nowISO, uptime, role, signsUntil: String
  let epoch: Int
  let obstacles: [String]
  let tokensPerSecond, totalTokens, totalRefusals: String
  let timeline: TimelineContent
  let events: [EventContent]
  let keys: [KeyContent]
  let policy: PolicyContent
  let tokens, refusals: [FigureContent]
  let moreTokens: String?
  let history: [HistoryBar]
  let historyLabel, peak: String
  let links: [LinkContent]
  let hasObstacles, hasEvents, hasTokens, hasRefusals, hasRevoked: Bool

  /// As many rows of apps as somebody may want to read.
  private static let rows = 25

  init(_ status: OperatorStatus) {
    let (figures, ring) = (status.figures, status.ring)
    issuer = status.issuer
    obstacles = status.obstacles
    hasObstacles = !obstacles.isEmpty
    (state, stateStyle) = hasObstacles ? ("Not ready", "bad") : ("Ready", "good")
    (now, nowISO) = (PageFormat.moment(status.now), "\(status.now)")
    uptime = DurationFormat.text(status.now.seconds(since: status.startedAt))
    signsUntil = PageFormat.moment(status.signsUntil)
    (role, epoch) = (status.role.words, status.ring.epoch)
    tokensPerSecond = PageFormat.number(figures.tokensPerSecond)
    (totalTokens, totalRefusals) = (
      PageFormat.number(figures.totalTokens), PageFormat.number(figures.totalRefusals)
    )
    timeline = TimelineContent(KeyTimeline(ring, at: status.now))
    events = UpcomingEvents(ring: ring).events.map { EventContent($0, at: status.now) }
    keys = ring.keys.map { KeyContent($0, at: status.now) }
    policy = PolicyContent(ring.policy)
    tokens = figures.tokens.prefix(Self.rows).map(FigureContent.init)
    let more = figures.tokens.count - tokens.count
    moreTokens = more > 0 ? "and \(more) more in /metrics" : nil
    refusals = figures.refusals.filter { $0.total > 0 }.map(FigureContent.init)
    history = HistoryBar.bars(figures.history)
    let most = PageFormat.number(figures.history.max() ?? 0)
    peak = "at most \(most) a second"
    historyLabel = "Tokens per second over the last 15 minutes, \(peak)"
    links = LinkContent.all
    (hasEvents, hasTokens, hasRefusals) = (!events.isEmpty, !tokens.isEmpty, !refusals.isEmpty)
    hasRevoked = !ring.keys(.revoked).isEmpty
  }
}

extension KeyRing.Role {
  fileprivate var words: String {
    switch self {
    case .rotates: "rotates keys"
    case .follows: "follows"
    case .serves: "serves keys"
    }
  }
}

struct PolicyContent {
  let period, lifetime, propagation: String

  init(_ policy: RotationPolicy) {
    period = DurationFormat.text(policy.rotationPeriod)
    lifetime = DurationFormat.text(policy.tokenLifetime)
    propagation = DurationFormat.text(policy.propagation)
  }
}

struct LinkContent {
  let path, text: String

  /// Relative, so that they hold behind a proxy that puts the issuer under a path.
  static let all = [
    LinkContent(path: ".well-known/openid-configuration", text: "what this issuer is, for backends"),
    LinkContent(path: ".well-known/jwks.json", text: "its public keys"),
    LinkContent(path: "healthz", text: "whether the process runs"),
    LinkContent(path: "readyz", text: "whether it should be sent requests"),
    LinkContent(path: "metrics", text: "figures for Prometheus"),
    LinkContent(path: "openapi.json", text: "all of this for tools"),
  ]
}
#endif
