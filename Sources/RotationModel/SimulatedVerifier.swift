import KeyRotation
import SystemSupport

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

/// One verifier: its class, its clock, when it fetches, and what it holds at a time.
///
/// It needs no events of its own. One that keeps a JWKS for h seconds fetches every h seconds (it is always in use), so
/// what it holds follows from the time alone. That `max-age` is shorter before a new key is not heeded: it never passes
/// the policy's, and to fetch earlier only helps.
struct SimulatedVerifier {
  /// A JWKS as it is held: the epoch it is of, and when it left its server.
  struct Held {
    let epoch: Int
    let servedAt: Int64
  }

  let history: History
  let cdnTime: Int64
  let keep: Int64?
  let cooldown: Int64
  /// Of its clock, ahead of true time. True time is that of the slowest clock, so ±S/2 around the mean is 0...S here.
  let offset: Int64
  private let phase: Int64
  private let edge: Int64
  private let salt: UInt64
  /// For those that fetch on an unknown `kid` only.
  var held: Held?
  var fetchedAt: Int64 = .min

  init(_ kind: VerifierClass, _ history: History, cdnTime: Int64, skew: Int64, _ random: inout SplitMix64) {
    (self.history, self.cdnTime, keep, cooldown) = (
      history, cdnTime, kind.keep.map { max(1, $0) }, kind.cooldown
    )
    offset = Int64.random(in: 0...skew, using: &random)
    phase = Int64.random(in: 0..<(keep ?? 1), using: &random)
    edge = Int64.random(in: 0...cdnTime, using: &random)
    salt = random.next()
  }

  /// What the verifier holds when it meets a token; `nil` where it has nothing and can't fetch.
  func cached(at time: Int64) -> Held? {
    guard let keep else { return held }
    let fetch = lastFetch(before: time, keep)
    return fetched(at: fetch < history.start ? time : fetch)
  }

  private func lastFetch(before time: Int64, _ keep: Int64) -> Int64 {
    time - (time - history.start - phase + keep) % keep
  }

  /// Through a shared cache that keeps what it has for `cdnTime`.
  func fetched(at time: Int64) -> Held? {
    let age = cdnTime == 0 ? 0 : (time - history.start + edge) % (cdnTime + 1)
    let asked = max(history.start, time - age)
    let servers = history.servers
    let first = Int(SplitMix64.mixed(salt &+ UInt64(bitPattern: asked)) % UInt64(servers.count))
    for index in 0..<servers.count {
      if let stretch = servers[(first + index) % servers.count].stretch(at: asked) {
        return Held(epoch: stretch.epoch, servedAt: asked)
      }
    }
    return nil
  }

  /// When the verifier drops its last JWKS without a key, if one that was handed out at `lastServed` can be the last.
  func lastWithout(_ key: History.Key, lastServed: Int64) -> Int64? {
    guard let keep else { return nil }
    var fetch = lastFetch(before: lastServed + cdnTime, keep)
    while fetch >= key.publishedAt - keep, fetch >= history.start {
      if let held = fetched(at: fetch), held.epoch < key.firstEpoch { return fetch + keep }
      fetch -= keep
    }
    return nil
  }

  /// Whether a token's key is found, as this class of verifier looks for it; `nil` if nobody answers.
  mutating func finds(_ key: History.Key, at time: Int64) -> (found: Bool, held: Held)? {
    guard let held = cached(at: time) ?? refetch(at: time) else { return nil }
    if keep != nil || key.isIn(held.epoch) { return (key.isIn(held.epoch), held) }
    guard time - fetchedAt >= cooldown else { return (false, held) }
    return refetch(at: time).map { (key.isIn($0.epoch), $0) }
  }

  /// Somebody's junk with a `kid` that nobody knows.
  mutating func meetJunk(at time: Int64) {
    if keep == nil, fetchedAt == .min || time - fetchedAt >= cooldown { _ = refetch(at: time) }
  }

  private mutating func refetch(at time: Int64) -> Held? {
    guard keep == nil, let new = fetched(at: time) else { return nil }
    (held, fetchedAt) = (new, time)
    return new
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
    _ number: Int, _ kind: VerifierClass, _ index: Int, _ random: inout SplitMix64,
    _ report: inout SimulationReport
  ) {
    var verifier = SimulatedVerifier(kind, history, cdnTime: policy.cdnTime, skew: policy.clockSkew, &random)
    meetings.removeAll(keepingCapacity: true)
    for key in history.keys.indices where !history.keys[key].isBeyondPromise {
      meetFirst(key, &random)
      meetLast(key, verifier.offset, &random)
      meetCasually(key, &random)
      if let dropped = verifier.lastWithout(history.keys[key], lastServed: lastServedWithout[key]) {
        report.note(key, history.keys[key], heldWithoutUntil: dropped, index)
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
    for index in 0..<history.processes.count {
      let process = (first + index) % history.processes.count
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
