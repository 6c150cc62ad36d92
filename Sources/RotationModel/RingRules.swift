package import JOSECore
package import KeyRotation

/// What is under test: the step, and the rules by which processes sign, serve and write. Each member is the code of
/// KeyRotation; a test replaces one to see that the check notices.
package protocol RingRules: Sendable {
  func step(
    _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?,
    newKeys: [NewKey]
  ) throws(KeyRingError) -> RotationStep

  /// Whether a process may sign and serve with its snapshot.
  func isFresh(_ freshness: Freshness, at now: NumericDate) -> Bool

  /// The `exp` that a token signed now gets.
  func expiry(_ key: RingKey, wanted: NumericDate, at now: NumericDate) throws(KeyRingError) -> NumericDate

  /// The `kid` of a token that is signed with this key.
  func keyID(signing key: RingKey, in ring: KeyRingState) -> String

  /// Whether a store at epoch `found` takes a step that was made from epoch `expected`.
  func takes(expected: Int, found: Int) -> Bool

  /// Whether a process uses a step's ring only after the store has it.
  var isDurableFirst: Bool { get }
}

extension RingRules {
  package func step(
    _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?,
    newKeys: [NewKey]
  ) throws(KeyRingError) -> RotationStep {
    try ring.step(policy, at: now, request, newKeys: newKeys)
  }

  package func isFresh(_ freshness: Freshness, at now: NumericDate) -> Bool {
    freshness.isFresh(at: now)
  }

  package func expiry(_ key: RingKey, wanted: NumericDate, at now: NumericDate) throws(KeyRingError)
    -> NumericDate
  {
    try RingSigningKey.expiry(
      wanted, at: now, keyID: key.keyID, notAfter: key.notAfter, reservedUntil: key.signsUntil)
  }

  package func keyID(signing key: RingKey, in ring: KeyRingState) -> String { key.keyID }

  package func takes(expected: Int, found: Int) -> Bool { expected == found }

  package var isDurableFirst: Bool { true }
}

/// The rules as they are.
package struct CurrentRules: RingRules {
  package init() {}
}

/// A ring that is durable, or would be, with what the model asks of it again and again.
package final class CommittedRing: Sendable {
  package let ring: KeyRingState
  /// Places in the pool, in the order of the ring's keys.
  package let places: [Int]
  /// What the JWKS of this ring holds.
  package let published: KeySet
  let all: KeySet
  let active: [ActiveKey]
  /// What tells keys apart but for their names, in a row of `Self.columns` for each key.
  let times: [Int64]
  static let columns = 10

  init(_ ring: KeyRingState, _ pool: KeyPool) {
    self.ring = ring
    places = ring.keys.map { pool.place(of: $0.keyID) ?? 0 }
    var (published, all) = (KeySet(), KeySet())
    for key in (try? ring.jwks)?.keys ?? [] {
      if let place = key.keyID.flatMap(pool.place(of:)) { published.insert(place) }
    }
    for place in places { all.insert(place) }
    (self.published, self.all) = (published, all)
    active = zip(places, ring.keys).compactMap { $1.state == .active ? ActiveKey(key: $1, place: $0) : nil }
    times = ring.keys.flatMap { key -> [Int64] in
      let dates = [
        key.publishedAt, key.servedAt, key.activatedAt, key.retiredAt, key.revokedAt, key.signsUntil,
        key.notAfter,
      ]
      return [key.algorithm == .edDSA ? 0 : 1, key.isOriginal ? 1 : 0, key.propagation]
        + dates.map { $0?.secondsSinceEpoch ?? .max }
    }
  }

  package func key(at place: Int) -> RingKey? { places.firstIndex(of: place).map { ring.keys[$0] } }

  func state(at place: Int) -> RingKey.State? { key(at: place)?.state }
}

/// A class, for keys are many words and processes sign all the time.
final class ActiveKey: Sendable {
  let key: RingKey
  let place: Int

  init(key: RingKey, place: Int) { (self.key, self.place) = (key, place) }
}

extension RotationPolicy {
  /// How long after it left the ring's own server a JWKS may still be in use.
  var hold: Int64 { cdnTime + max(maxAge, verifierBound) }
}

/// What is promised when clocks lie, as the checkers apply it.
///
/// **True time** is that of the slowest honest clock; an honest clock is at most S ahead of it, so two honest clocks
/// differ by no more than S. Verifiers have honest clocks: what they refuse because their own clock lies is not ours to
/// promise.
///
/// 1. Within S, and after any jump back: everything.
/// 2. A clock that runs **ahead** by more than S can't be told from a downtime: a writer that comes back after a day and
///    one whose clock jumped a day ahead see the same ring and the same time. So for a key's wait (invariant 1) what
///    counts is how much the writers' clocks **gained** on true time between the reading that began the wait and the one
///    that ended it. The promise stands as long as they gained no more than S; `KeyFacts.isBeyondPromise` marks the keys
///    whose wait was cut short by a larger gain, and is the only exemption.
/// 3. A clock that was set back and is put right gains too. Where the ring could tell (a commit's time lay more than S
///    before that of the commit before it), the wait begins anew when time comes back to where it was set back from, and
///    the promise stands. Where it couldn't (nobody had committed anything for longer than the clock was set back), the
///    gain counts as in 2.
/// 4. A key is removed by comparing two times on a calendar (its latest `exp` and the remover's clock), so only a remover
///    whose clock is ahead by more than S removes too early; no clock that is behind, then or later, can make it happen.
struct ClockPromise: Hashable, Sendable {
  let skew: Int64
  var latest: Int64?
  private(set) var setBackFrom: Int64?
  /// How far the clock was off at the latest change of policy, whose old times are inherited.
  var policyChange: Int64?

  init(skew: Int64) { self.skew = skew }

  /// What a commit by this clock means for the waits that go on.
  enum Verdict { case normal, setBack, putRight }

  mutating func note(_ clock: Int64) -> Verdict {
    defer { latest = clock }
    if let latest, clock < latest - skew {
      setBackFrom = max(setBackFrom ?? latest, latest)
      return .setBack
    }
    if let from = setBackFrom, clock >= from - skew {
      setBackFrom = nil
      return .putRight
    }
    return .normal
  }

  func isBeyond(_ wait: ClockReading, _ offset: Int64) -> Bool { offset - wait.offset > skew }
}
