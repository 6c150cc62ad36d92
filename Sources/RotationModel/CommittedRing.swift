import JOSECore
package import KeyRotation

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
