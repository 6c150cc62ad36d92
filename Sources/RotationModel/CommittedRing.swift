package import JOSECore
package import KeyRotation

/// A ring that is durable, or would be, with what the model asks of it again and again.
package final class CommittedRing: Sendable {
  package let ring: KeyRingState
  /// Places in the pool, in the order of the ring's keys.
  package let indices: [Int]
  /// What the JWKS of this ring holds.
  package let published: KeySet
  let all: KeySet
  let active: [ActiveKey]
  let cacheLifetime: CacheLifetime
  /// What tells keys apart but for their names, in a row of `Self.columns` for each key.
  let times: [Int64]
  static let columns = 10

  init(_ ring: KeyRingState, _ pool: KeyPool) {
    self.ring = ring
    cacheLifetime = CacheLifetime(ring)
    indices = ring.keys.map { pool.index(of: $0.keyID) ?? 0 }
    var (published, all) = (KeySet(), KeySet())
    for key in (try? ring.jwks)?.keys ?? [] {
      if let index = key.keyID.flatMap(pool.index(of:)) { published.insert(index) }
    }
    for index in indices { all.insert(index) }
    (self.published, self.all) = (published, all)
    active = zip(indices, ring.keys).compactMap { $1.state == .active ? ActiveKey(key: $1, index: $0) : nil }
    times = ring.keys.flatMap { key -> [Int64] in
      let dates = [
        key.publishedAt, key.servedAt, key.activatedAt, key.retiredAt, key.revokedAt, key.signsUntil,
        key.notAfter,
      ]
      return [key.algorithm == .edDSA ? 0 : 1, key.isOriginal ? 1 : 0, key.propagation]
        + dates.map { $0?.secondsSinceEpoch ?? .max }
    }
  }

  package func key(at index: Int) -> RingKey? { indices.firstIndex(of: index).map { ring.keys[$0] } }

  func state(at index: Int) -> RingKey.State? { key(at: index)?.state }
}

/// A class, for keys are many words and processes sign all the time.
final class ActiveKey: Sendable {
  let key: RingKey
  let index: Int

  init(key: RingKey, index: Int) { (self.key, self.index) = (key, index) }
}

extension RotationPolicy {
  /// How long after it left the ring's own server a JWKS may still be in use.
  var hold: Int64 { cdnTime + max(maxAge, verifierBound) }

  /// The same if it may have left with this `max-age`. The promise does not count on verifiers that heed a shorter one.
  func hold(maxAge longest: Int64) -> Int64 { max(hold, cdnTime + longest) }
}

/// What is under test: the step, and the rules by which processes sign, serve and write. Each member is the code of
/// KeyRotation; a test replaces one to see that the check notices.
package protocol RingRules: Sendable {
  func step(
    _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?,
    newKeys: [NewKey]
  ) throws(KeyRingError) -> RotationStep

  /// Whether a process may sign and serve with its snapshot.
  func isFresh(_ freshness: Freshness, at now: NumericDate) -> Bool

  /// The longest `max-age` that a JWKS served now may get.
  func maxAge(_ lifetime: CacheLifetime, at now: NumericDate) -> Int64

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

  package func maxAge(_ lifetime: CacheLifetime, at now: NumericDate) -> Int64 { lifetime.longest(at: now) }

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
