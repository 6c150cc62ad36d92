#if Server
import JOSECore
import KeyRotation
import SystemSupport

/// An `OperatorStatus` under the names of the template, which reads stored properties only.
struct PageContent {
  let css, js: String
  let issuer, state, stateStyle, now, nowISO, uptime, role, signsUntil: String
  let epoch: Int
  let obstacles: [String]
  let tokensPerSecond, totalTokens, totalRefusals: String
  let timeline: Timeline
  let events: [Event]
  let keys: [Key]
  let policy: Policy
  let tokens, refusals: [Row]
  let moreTokens: String?
  let history: [HistoryBar]
  let historyLabel, peak: String
  let links = Link.all
  let hasObstacles, hasEvents, hasTokens, hasRefusals, hasRevoked: Bool

  /// How many apps are listed.
  private static let maximumRows = 25

  init(_ status: OperatorStatus, css: String, js: String) {
    let (statistics, ring) = (status.statistics, status.ring)
    (self.css, self.js) = (css, js)
    issuer = status.issuer
    obstacles = status.obstacles
    hasObstacles = !obstacles.isEmpty
    (state, stateStyle) = hasObstacles ? ("Not ready", "bad") : ("Ready", "good")
    (now, nowISO) = (PageFormat.moment(status.now), "\(status.now)")
    uptime = DurationFormat.text(status.now.seconds(since: status.startedAt))
    signsUntil = PageFormat.moment(status.signsUntil)
    (role, epoch) = (status.role.label, status.ring.epoch)
    tokensPerSecond = PageFormat.number(statistics.tokensPerSecond)
    totalTokens = PageFormat.number(statistics.totalTokens)
    totalRefusals = PageFormat.number(statistics.totalRefusals)
    timeline = Timeline(KeyTimeline(ring, at: status.now))
    events = UpcomingEvents(ring: ring).events.map { Event($0, at: status.now) }
    keys = ring.keys.map { Key($0, at: status.now) }
    policy = Policy(ring.policy)
    tokens = statistics.tokens.prefix(Self.maximumRows).map(Row.init)
    let more = statistics.tokens.count - tokens.count
    moreTokens = more > 0 ? "and \(more) more in /metrics" : nil
    refusals = statistics.refusals.filter { $0.total > 0 }.map(Row.init)
    history = HistoryBar.bars(statistics.history)
    peak = "at most \(PageFormat.number(statistics.history.max() ?? 0)) a second"
    historyLabel = "Tokens per second over the last 15 minutes, \(peak)"
    (hasEvents, hasTokens, hasRefusals) = (!events.isEmpty, !tokens.isEmpty, !refusals.isEmpty)
    hasRevoked = !ring.keys(.revoked).isEmpty
  }
}

extension KeyRing.Role {
  fileprivate var label: String {
    switch self {
    case .rotates: "rotates keys"
    case .follows: "follows"
    case .serves: "serves keys"
    }
  }
}

// MARK: - Keys

extension PageContent {
  struct Timeline {
    let height: Int
    let now: String
    let rows: [KeyTimeline.Row]
    let ticks: [KeyTimeline.Tick]

    init(_ timeline: KeyTimeline) {
      (height, now, rows, ticks) = (timeline.height, timeline.nowX, timeline.rows, timeline.ticks)
    }
  }

  struct Event {
    let relative, algorithm, text, iso: String
    let moment: String?

    init(_ event: UpcomingEvents.Event, at now: NumericDate) {
      (algorithm, text) = (event.algorithm, event.text)
      guard let time = event.time else {
        (relative, iso, moment) = ("waits", "", nil)
        return
      }
      relative = time > now ? "in \(DurationFormat.text(time.seconds(since: now)))" : "pending"
      (iso, moment) = ("\(time)", PageFormat.moment(time))
    }
  }

  struct Key {
    let kid, algorithm, state, label, age, jwk: String
    let reason: String?

    init(_ key: RingKey, at now: NumericDate) {
      (kid, algorithm, state) = (key.keyID, key.algorithm.rawValue, key.state.rawValue)
      label = key.stateLabel
      age = DurationFormat.text(now.seconds(since: key.since))
      reason = key.revocationReason
      // The inspector checks signatures with published keys only: a revoked one isn't in the JWKS.
      let published = key.state == .revoked ? nil : key.publicKey.jwkMembers
      jwk = published.map { $0.description } ?? ""
    }
  }

  struct Policy {
    let period, lifetime, propagation: String

    init(_ policy: RotationPolicy) {
      period = DurationFormat.text(policy.rotationPeriod)
      lifetime = DurationFormat.text(policy.tokenLifetime)
      propagation = DurationFormat.text(policy.propagation)
    }
  }
}

// MARK: - Tokens and refusals

extension PageContent {
  struct Row {
    let name, algorithm, total, rate, recent, reason: String

    init(_ row: IssuanceStatistics.Row) {
      (name, algorithm) = (row.name, row.algorithm)
      (total, rate) = (PageFormat.number(row.total), PageFormat.number(row.rate))
      recent = PageFormat.number(row.recent)
      reason = RefusalReason(rawValue: row.name)?.label ?? row.name
    }
  }

  struct HistoryBar {
    let x: String
    let y, height: Int

    /// In a picture of 64 pixels; the highest has 60.
    static func bars(_ rates: [Double]) -> [HistoryBar] {
      let most = max(rates.max() ?? 0, .leastNormalMagnitude)
      return rates.enumerated().map { number, rate in
        let height = rate > 0 ? max(2, Int((60 * rate / most).rounded())) : 0
        let x = Double(number * 1000 / max(1, rates.count)) / 10
        return HistoryBar(x: "\(x)%", y: 63 - height, height: height)
      }
    }
  }

  struct Link {
    let path, text: String

    /// Relative, so that they work behind a proxy that serves the issuer under a path.
    static let all = [
      Link(path: ".well-known/openid-configuration", text: "the issuer's metadata, for backends"),
      Link(path: ".well-known/jwks.json", text: "its public keys"),
      Link(path: "healthz", text: "whether the process runs"),
      Link(path: "readyz", text: "whether it is ready for requests"),
      Link(path: "metrics", text: "metrics for Prometheus"),
      Link(path: "openapi.json", text: "a description of all endpoints, for tools"),
    ]
  }
}

extension RefusalReason {
  fileprivate var label: String {
    switch self {
    case .notPermitted: "The user lacks the permission"
    case .invalidRequest: "The request is malformed"
    case .invalidClient: "No or an unknown credential"
    case .accessDenied: "The host is not registered for the shop or app"
    case .slowDown: "Too many requests of one host"
    case .overloaded: "Too many requests at once"
    case .serverError: "The issuer failed"
    case .staleRing: "The key ring could not be confirmed in time"
    }
  }
}
#endif
