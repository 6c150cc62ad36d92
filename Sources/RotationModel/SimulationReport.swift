import JOSECore
package import KeyRotation
import SystemSupport

/// What came of a simulation. Seconds, and true times in seconds since its start.
package struct SimulationReport: Sendable {
  package struct Refusal: Sendable, Hashable {
    package let time: Int64
    /// Counted from 0, in order of publication.
    package let key: Int
    package let verifier: Int
    package let kind: String
    package let signedAt: Int64
    /// When the JWKS in which the key was missing left its server.
    package let cachedSince: Int64
  }

  package struct Class: Sendable, Hashable {
    package let name: String
    /// For how many seconds they keep a JWKS.
    package let keep: Int64?
    /// The longest that one of them did without a key after its publication; `nil` for those that fetch when they need to.
    package fileprivate(set) var slowest: Int64?
    /// The least time between the last JWKS without a key and the key's first token.
    package fileprivate(set) var margin: Int64?
  }

  package let policy: RotationPolicy
  package let duration: Int64
  package let verifiers: Int
  package let seed: UInt64
  /// What the modelled world's checkers found meanwhile.
  package let violations: [String]
  package internal(set) var classes: [Class]
  /// Classes that keep a JWKS for longer than the policy allows for.
  package let uncovered: [String]
  package internal(set) var timeline: Timeline

  package internal(set) var verifications = 0
  /// Times at which a verifier had nothing and found no server.
  package internal(set) var unanswered = 0
  package internal(set) var refused = 0
  /// The first of them.
  package internal(set) var refusals: [Refusal] = []
  package internal(set) var oldestJWKS: Int64 = 0

  package let rotations: Int
  package let keysMade: Int
  package let mostKeys: Int
  package let keysBeyondPromise: Int
  package let shortestWait: Int64?
  package let meanWait: Int64?
  package let longestSigning: Int64?
  package let downtimes: Int
  package let longestDowntime: Int64
  package internal(set) var shortestRetention: Int64?

  /// The least of all classes' margins.
  package var margin: Int64? { classes.compactMap(\.margin).min() }
  package var holds: Bool { refused == 0 && violations.isEmpty }
}

extension SimulationReport {
  init(_ simulation: Simulation, _ history: History, _ violations: [Violation], _ covered: [VerifierClass]) {
    (policy, duration) = (simulation.policy, simulation.duration)
    (verifiers, seed) = (simulation.verifiers, simulation.seed)
    self.violations = violations.map(\.description)
    classes = covered.map { Class(name: $0.name, keep: $0.keep) }
    uncovered = VerifierClass.all(simulation.policy).filter { !covered.contains($0) }.map(\.name)
    timeline = Timeline(history)
    let keys = history.keys.filter { !$0.isBeyondPromise }
    rotations = history.keys.count { $0.retiredAt != nil }
    (keysMade, mostKeys) = (history.keys.count, history.mostKeys)
    keysBeyondPromise = history.keys.count - keys.count
    let waits = keys.filter { !$0.isOriginal }.compactMap { key in
      key.activatedAt.map { $0 - key.publishedAt }
    }
    shortestWait = waits.min()
    meanWait = waits.isEmpty ? nil : waits.reduce(0, +) / Int64(waits.count)
    longestSigning = history.keys.compactMap { key in
      key.activatedAt.map { (key.retiredAt ?? history.end) - $0 }
    }.max()
    downtimes = history.downtimes.count
    longestDowntime = history.downtimes.map { $0.upperBound - $0.lowerBound }.max() ?? 0
  }

  mutating func note(_ number: Int, _ key: History.Key, heldWithoutUntil time: Int64, _ index: Int) {
    timeline.keys[number].unknownUntil = max(
      timeline.keys[number].unknownUntil ?? .min, time - Scenario.start)
    classes[index].slowest = max(classes[index].slowest ?? 0, time - key.publishedAt)
    guard let first = key.activatedAt else { return }
    classes[index].margin = min(classes[index].margin ?? .max, first - time)
  }

  mutating func note(
    _ token: History.Token, at time: Int64, _ held: SimulatedVerifier.Held, isFound: Bool, _ number: Int,
    _ kind: VerifierClass
  ) {
    verifications += 1
    oldestJWKS = max(oldestJWKS, time - held.servedAt)
    guard !isFound else { return }
    refused += 1
    let start = Scenario.start
    guard refusals.count < 20 else { return }
    refusals.append(
      .init(
        time: time - start, key: token.key, verifier: number, kind: kind.name,
        signedAt: token.signedAt - start,
        cachedSince: held.servedAt - start))
  }

  /// How long keys stayed in the JWKS after the last of their tokens was expired for everyone.
  mutating func finish(_ history: History, _ latest: [History.Token?], leeway: Int64) {
    let rests = zip(history.keys, latest).compactMap { key, token -> Int64? in
      guard let removedAt = key.removedAt, let token, !key.isBeyondPromise else { return nil }
      return removedAt - token.expiry - leeway
    }
    shortestRetention = rests.min()
  }
}

/// For each class of verifiers, how long the slowest of them did without a new key, beside P.
struct ClassBars {
  let report: SimulationReport
  let top: Double
  private static let left = 220.0
  private static let row = 20.0

  static func height(_ report: SimulationReport) -> Double { Double(report.classes.count) * row + 26 }

  private var scale: TimelineScale {
    let longest = max(report.policy.propagation, report.classes.compactMap(\.slowest).max() ?? 0)
    return TimelineScale(from: Self.left, to: TimelineSVG.width - 150, duration: Double(max(1, longest)))
  }

  var text: String {
    let heading = "How long verifiers did without a new key, at worst"
    return
      ([
        #"<text class="text" x="16" y="\#((top - 14).short)" font-size="13" font-weight="600">\#(heading)</text>"#
      ]
      + report.classes.enumerated().map(row) + [limit]).joined(separator: "\n")
  }

  private func row(_ index: Int, _ kind: SimulationReport.Class) -> String {
    let y = top + Double(index) * Self.row
    let name = #"<text class="text" x="16" y="\#((y + 12).short)">\#(kind.name)</text>"#
    guard let slowest = kind.slowest else {
      let text = kind.keep == nil ? "fetches when it meets the key" : "none"
      return name + #"<text class="faint" x="\#(Self.left.short)" y="\#((y + 12).short)">\#(text)</text>"#
    }
    let end = scale.x(slowest)
    return name
      + #"<rect class="unknown" x="\#(Self.left.short)" y="\#((y + 3).short)" width="\#(max(1, end - Self.left).short)" height="11"/>"#
      + #"<text class="faint" x="\#((end + 6).short)" y="\#((y + 12).short)">\#(DurationFormat.text(slowest))</text>"#
  }

  /// P: from then on a key may sign.
  private var limit: String {
    let x = scale.x(report.policy.propagation).short
    let end = top + Double(report.classes.count) * Self.row
    return
      #"<line class="limit" x1="\#(x)" y1="\#((top - 4).short)" x2="\#(x)" y2="\#((end + 2).short)" stroke-dasharray="4 3"/>"#
      + #"<text class="faint" x="\#(x)" y="\#((end + 16).short)" text-anchor="middle">P = \#(DurationFormat.text(report.policy.propagation)): no key signs sooner</text>"#
  }
}
