import KeyRotation
import SystemSupport

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
