import JOSE
package import KeyRotation

/// A ring that is durable, or would be, with what the model asks of it again and again.
package final class CommittedRing: Sendable {
  package let ring: KeyRing
  /// Places in the pool, in the order of the ring's keys.
  package let places: [Int]
  /// What the JWKS of this ring holds.
  package let published: KeySet
  let all: KeySet

  init(_ ring: KeyRing, _ pool: KeyPool) {
    self.ring = ring
    places = ring.keys.map { pool.place(of: $0.keyID) ?? 0 }
    var (published, all) = (KeySet(), KeySet())
    for key in (try? ring.jwks)?.keys ?? [] {
      if let place = key.keyID.flatMap(pool.place(of:)) { published.insert(place) }
    }
    for place in places { all.insert(place) }
    (self.published, self.all) = (published, all)
  }

  package func key(at place: Int) -> RingKey? { places.firstIndex(of: place).map { ring.keys[$0] } }

  func state(at place: Int) -> RingKey.State? { key(at: place)?.state }
}

extension RotationPolicy {
  /// How long after it left the ring's own server a JWKS may still be in use.
  var hold: Int64 { cdnTime + max(maxAge, verifierBound) }
}
