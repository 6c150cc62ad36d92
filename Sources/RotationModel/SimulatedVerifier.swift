import SystemSupport

/// One verifier: its class, its clock, when it fetches, and what it holds at a time.
///
/// It needs no events of its own. One that keeps a JWKS for h seconds fetches every h seconds (it is always in use), so
/// what it holds follows from the time alone. The shrinking `max-age` near a change is not heeded: that would only help.
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
    for place in 0..<servers.count {
      if let stretch = servers[(first + place) % servers.count].stretch(at: asked) {
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
