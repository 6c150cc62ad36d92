import JOSECore
package import KeyRotation

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

  mutating func note(_ number: Int, _ key: History.Key, heldWithoutUntil time: Int64, _ place: Int) {
    timeline.keys[number].unknownUntil = max(
      timeline.keys[number].unknownUntil ?? .min, time - Scenario.start)
    classes[place].slowest = max(classes[place].slowest ?? 0, time - key.publishedAt)
    guard let first = key.activatedAt else { return }
    classes[place].margin = min(classes[place].margin ?? .max, first - time)
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
