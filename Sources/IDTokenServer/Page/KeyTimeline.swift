#if Server
import JOSECore
import KeyRotation

/// The keys of a ring as bars over time, past and planned. Horizontal positions are in percent, so that the picture fills
/// any screen without scaling its text.
struct KeyTimeline {
  struct Bar {
    /// `unknown`, `published`, `active`, `retired` or `revoked`, and `planned`.
    let style: String
    let (x, width, y, height): (String, String, Int, Int)
  }

  struct Row {
    let (label, labelY): (String, Int)
    let bars: [Bar]
  }

  struct Tick {
    let (x, label): (String, String)
  }

  static let rowHeight = 38
  static let top = 26
  private let ring: KeyRingState
  private let now: NumericDate
  private let start: NumericDate
  private let end: NumericDate

  init(_ ring: KeyRingState, at now: NumericDate) {
    (self.ring, self.now) = (ring, now)
    let period = ring.policy.rotationPeriod
    let first = ring.keys.map(\.publishedAt).min() ?? now
    let last = UpcomingEvents(ring: ring).events.compactMap(\.time).max() ?? now
    start = max(first, now.advanced(by: -period)).advanced(by: -1)
    let latest = min(last, now.advanced(by: 2 * period))
    // A twentieth more, as a margin after the last change.
    end = latest.advanced(by: max(60, latest.seconds(since: start) / 20))
  }

  var height: Int { Self.top + ring.keys.count * Self.rowHeight + 8 }
  var nowX: String { x(now) }

  var rows: [Row] {
    ordered.enumerated().map { number, key in
      let y = Self.top + number * Self.rowHeight
      let label = "\(key.algorithm.rawValue) \(key.shortName) \(key.stateLabel)"
      return Row(
        label: label, labelY: y + 10,
        bars: spans(key).flatMap { bars($0.style, $0.from, $0.until, y: y + 19) })
    }
  }

  /// Algorithm by algorithm, the oldest first.
  private var ordered: [RingKey] {
    ring.keys.sorted { ($0.algorithm.rawValue, $0.publishedAt) < ($1.algorithm.rawValue, $1.publishedAt) }
  }

  /// At most six lines, none at an edge.
  var ticks: [Tick] {
    let span = end.seconds(since: start)
    let hours = [1, 3, 6, 12, 24, 48, 96, 168, 336, 720, 1440, 2160, 4320, 8760].map { $0 * 3600 as Int64 }
    let step = ([60, 300, 600, 1800] + hours).first { span / $0 <= 6 } ?? span
    let first = start.secondsSinceEpoch / step + 1
    return (0...7).map { NumericDate((first + $0) * step) }
      .filter { (0.05...0.95).contains(share($0)) }
      .map { Tick(x: x($0), label: step < 86_400 ? PageFormat.time($0) : PageFormat.day($0) ?? "") }
  }
}

extension KeyTimeline {
  private typealias Span = (style: String, from: NumericDate, until: NumericDate)

  private func spans(_ key: RingKey) -> [Span] {
    let takeover = ring.takeover(of: key.algorithm, ring.policy)
    let isNext = key == ring.standby(for: key.algorithm)
    let activated = key.activatedAt ?? (isNext ? takeover : nil)
    let signingEnd = key.retiredAt ?? (key.state == .active ? takeover : nil)
    let stop = key.revokedAt ?? .lastOfYear9999
    let known = key.isOriginal ? key.publishedAt : key.maySignFrom(ring.policy) ?? end
    var spans: [Span] = [
      ("unknown", key.publishedAt, min(known, activated ?? end)), ("published", known, activated ?? end),
    ]
    if let activated { spans.append(("active", activated, signingEnd ?? end)) }
    if let signingEnd { spans.append(("retired", signingEnd, removal(key, from: signingEnd))) }
    spans = spans.map { ($0.style, $0.from, min($0.until, stop)) }
    if let revoked = key.revokedAt { spans.append(("revoked", revoked, removal(key, from: revoked))) }
    return spans
  }

  private func removal(_ key: RingKey, from end: NumericDate) -> NumericDate {
    key.removableFrom(ring.policy)
      ?? end.advanced(by: ring.policy.tokenLifetime + ring.policy.retention)
  }

  /// Two bars if the span includes the present: past and planned.
  private func bars(_ style: String, _ from: NumericDate, _ until: NumericDate, y: Int) -> [Bar] {
    [bar(style, from, min(until, now), y), bar(style + " planned", max(from, now), until, y)].compactMap(
      \.self)
  }

  private func bar(_ style: String, _ from: NumericDate, _ until: NumericDate, _ y: Int) -> Bar? {
    let (left, right) = (share(from), share(until))
    guard from < until, left < right else { return nil }
    let isActive = style.hasPrefix("active")
    return Bar(
      style: style, x: Self.percent(left), width: Self.percent(max(0.003, right - left)),
      y: isActive ? y - 2 : y, height: isActive ? 12 : 8)
  }

  private func share(_ date: NumericDate) -> Double {
    let share = Double(date.seconds(since: start)) / Double(max(1, end.seconds(since: start)))
    return min(1, max(0, share))
  }

  private func x(_ date: NumericDate) -> String { Self.percent(share(date)) }

  private static func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100)%" }
}

extension RingKey {
  var stateLabel: String {
    switch state {
    case .published: "stands by"
    case .active: "signs"
    case .retired: "retired"
    case .revoked: "revoked"
    }
  }
}
#endif
