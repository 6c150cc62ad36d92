import JOSECore
package import KeyRotation
import SystemSupport

/// A ring under a policy over years, and a population of verifiers that meet its tokens.
///
/// First the ring's operation is simulated, then each verifier over what was served. The same seed gives the same result.
package struct Simulation: Sendable {
  package let policy: RotationPolicy
  /// In seconds.
  package var duration: Int64
  package var verifiers: Int
  package var seed: UInt64
  package var rules: any RingRules = CurrentRules()

  package init(_ policy: RotationPolicy, duration: Int64, verifiers: Int, seed: UInt64) {
    (self.policy, self.duration, self.verifiers, self.seed) = (policy, duration, verifiers, seed)
  }

  /// - Parameter progress: is told which part of the work is done, from 0 to 1.
  package func run(_ progress: (Double) -> Void = { _ in }) throws -> SimulationReport {
    try check()
    var operation = try Operation(policy, duration: duration, seed: seed, rules)
    let history = try operation.run { progress($0 / 4) }
    let covered = VerifierClass.all(policy).filter { $0.isCovered(by: policy) }
    var report = SimulationReport(self, history, operation.world.violations, covered)
    var population = Population(policy, history)
    for verifier in 0..<verifiers {
      let place = verifier % covered.count
      var random = SplitMix64(seed: SplitMix64.mixed(seed &+ UInt64(verifier) &+ 1))
      population.follow(verifier, covered[place], place, &random, &report)
      if verifier % 64 == 0 { progress(0.25 + 0.75 * Double(verifier) / Double(verifiers)) }
    }
    report.finish(history, population.latest, leeway: policy.leeway)
    progress(1)
    return report
  }

  /// The model has room for so many keys at once, and a life for so many rotations.
  private func check() throws(SimulationError) {
    let retired = (policy.tokenLifetime + policy.reservation + policy.retention) / policy.rotationPeriod
    // Rotations that operators ask for come on top.
    let atOnce = (2 * retired + 6) * Int64(policy.algorithms.count)
    guard atOnce <= KeySet.capacity else { throw .tooManyKeys(atOnce: atOnce, room: KeySet.capacity) }
    let rotations = duration / policy.rotationPeriod
    guard rotations <= Self.mostRotations else {
      throw .tooManyRotations(rotations, most: Self.mostRotations)
    }
    let renewals = duration / max(1, policy.reservation / 2)
    guard renewals <= Self.mostRenewals else { throw .tooManyRenewals(renewals, most: Self.mostRenewals) }
  }

  private static let mostRotations: Int64 = 50_000
  private static let mostRenewals: Int64 = 5_000_000
}

/// Why a policy that is accepted isn't simulated.
package enum SimulationError: Error, Sendable, Equatable, CustomStringConvertible {
  case tooManyKeys(atOnce: Int64, room: Int)
  case tooManyRotations(Int64, most: Int64)
  case tooManyRenewals(Int64, most: Int64)

  package var description: String {
    switch self {
    case .tooManyKeys(let count, let room):
      "the JWKS might hold \(count) keys at once, and the simulation has room for \(room); "
        + "a longer rotation_period or a shorter token_lifetime makes them fewer"
    case .tooManyRotations(let count, let most):
      "that would be \(count) rotations, and the simulation stops at \(most); simulate fewer years"
    case .tooManyRenewals(let count, let most):
      "that would be \(count) renewed reservations, and the simulation stops at \(most); simulate fewer years"
    }
  }
}

/// Which tokens a verifier meets, and whether it accepts them.
///
/// Only the search for the key is under test: `nbf` and `iat` are others' business, and an expired token isn't counted.
struct Population {
  let policy: RotationPolicy
  let history: History
  let latest: [History.Token?]
  let lastServedWithout: [Int64]
  private var meetings: [(token: History.Token, time: Int64)] = []
  private static let casual = 3

  init(_ policy: RotationPolicy, _ history: History) {
    (self.policy, self.history) = (policy, history)
    (latest, lastServedWithout) = (history.latestTokens(), history.lastServedWithout())
  }

  mutating func follow(
    _ number: Int, _ kind: VerifierClass, _ place: Int, _ random: inout SplitMix64,
    _ report: inout SimulationReport
  ) {
    var verifier = SimulatedVerifier(kind, history, cdnTime: policy.cdnTime, skew: policy.clockSkew, &random)
    meetings.removeAll(keepingCapacity: true)
    for key in history.keys.indices where !history.keys[key].isBeyondPromise {
      meetFirst(key, &random)
      meetLast(key, verifier.offset, &random)
      meetCasually(key, &random)
      if let dropped = verifier.lastWithout(history.keys[key], lastServed: lastServedWithout[key]) {
        report.note(key, history.keys[key], heldWithoutUntil: dropped, place)
      }
    }
    // Only what a token makes a verifier do depends on the order.
    if kind.keep == nil { meetings.sort { $0.time < $1.time } }
    for (token, time) in meetings {
      guard token.expiry + policy.leeway > time + verifier.offset, time < history.end else { continue }
      if random.next() % 16 == 0 { verifier.meetJunk(at: time - Int64.random(in: 0...40, using: &random)) }
      guard let answer = verifier.finds(history.keys[token.key], at: time) else {
        report.unanswered += 1
        continue
      }
      report.note(token, at: time, answer.held, isFound: answer.found, number, kind)
    }
  }

  /// In the first seconds in which the key signs, and while processes that lag still sign with the one before.
  private mutating func meetFirst(_ key: Int, _ random: inout SplitMix64) {
    guard let since = history.keys[key].activatedAt else { return }
    meet(at: since, slot: history.keys[key].slot, wanted: key, &random)
    let late = since + Int64.random(in: 0...(policy.stalenessBound + policy.clockSkew), using: &random)
    meet(at: late, slot: history.keys[key].slot, wanted: nil, &random)
  }

  /// Signs at a time, by any process (or one that has the wanted key), and is met at once.
  private mutating func meet(at time: Int64, slot: Int, wanted: Int?, _ random: inout SplitMix64) {
    let first = Int(random.next() % UInt64(history.processes.count))
    for place in 0..<history.processes.count {
      let process = (first + place) % history.processes.count
      guard let token = history.token(at: time, by: process, slot: slot) else { continue }
      if wanted != nil, token.key != wanted { continue }
      return meetings.append((token, time + Int64(random.next() % 3)))
    }
  }

  /// The token that lives longest, in its last seconds by this verifier's clock.
  private mutating func meetLast(_ key: Int, _ offset: Int64, _ random: inout SplitMix64) {
    guard let token = latest[key] else { return }
    let last = token.expiry + policy.leeway - offset - 1
    meetings.append((token, max(token.signedAt, last - Int64(random.next() % 4))))
  }

  private mutating func meetCasually(_ key: Int, _ random: inout SplitMix64) {
    guard let since = history.keys[key].activatedAt else { return }
    let until = max(since, min(history.keys[key].retiredAt ?? history.end, history.end - 1))
    for _ in 0..<Self.casual {
      let time = Int64.random(in: since...until, using: &random)
      let process = Int(random.next() % UInt64(history.processes.count))
      guard let token = history.token(at: time, by: process, slot: history.keys[key].slot) else { continue }
      meetings.append((token, Int64.random(in: time...max(time, token.expiry), using: &random)))
    }
  }
}

/// What verifiers of a kind do with a JWKS that they have fetched.
package struct VerifierClass: Sendable, Hashable {
  package let name: String
  /// For how many seconds it is kept; `nil` for those that fetch again only on a `kid` they don't know.
  package let keep: Int64?
  /// Those wait as long between two fetches.
  var cooldown: Int64 = 0

  /// What is found in the field, as `ExposureWindow.windows(_:)` lists it.
  static func all(_ policy: RotationPolicy) -> [VerifierClass] {
    [
      VerifierClass(name: "heeding Cache-Control", keep: policy.maxAge),
      VerifierClass(name: "panva/jose, 10 min", keep: 600),
      VerifierClass(name: "Istio, 20 min", keep: 1200),
      VerifierClass(name: "AWS API Gateway, 1 h", keep: 3600),
      VerifierClass(name: "Microsoft.IdentityModel, 12 h", keep: 43_200),
      VerifierClass(name: "as long as verifier_bound", keep: policy.verifierBound),
      VerifierClass(name: "go-oidc, on an unknown kid", keep: nil, cooldown: 30),
    ]
  }

  /// Whether a policy promises anything to them. Verifiers that keep a JWKS for longer than the policy says are not
  /// covered, nor are verifiers that may not fetch, because they keep it too.
  func isCovered(by policy: RotationPolicy) -> Bool {
    keep ?? cooldown <= max(policy.maxAge, policy.verifierBound)
  }
}
