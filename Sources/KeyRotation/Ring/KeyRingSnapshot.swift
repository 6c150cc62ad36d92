package import JOSECore

/// A ring at one epoch, ready for use: the keys that sign and the JWKS that verifies them, which never change apart.
package struct KeyRingSnapshot: Sendable {
  package let epoch: Int
  package let ring: KeyRingState
  package let jwks: JWKSet
  /// The same keys as they are served, rendered once for each epoch: the set for everyone first.
  package let publishedSets: [PublishedSet]
  /// The set for everyone.
  package var jwksBytes: [UInt8] { publishedSets.first?.bytes ?? [] }
  let signingKeys: [RingSigningKey]
  /// `max-age` of the sets.
  package let cacheLifetime: CacheLifetime

  /// - Parameter signingKeys: the private halves of active keys; none in a process that serves but doesn't sign.
  package init(_ ring: KeyRingState, signingKeys: [RingSigningKey] = []) throws(KeyRingError) {
    do { (jwks, publishedSets) = (try ring.jwks, try ring.publishedSets) } catch { throw .key(error) }
    epoch = ring.epoch
    self.ring = ring
    cacheLifetime = CacheLifetime(ring)
    var bounded: [RingSigningKey] = []
    for var signingKey in signingKeys {
      guard let key = ring.activeKey(for: signingKey.algorithm), key.keyID == signingKey.keyID else {
        throw .notActive(keyID: signingKey.keyID, signingKey.algorithm)
      }
      (signingKey.notAfter, signingKey.reservedUntil) = (key.notAfter, key.signsUntil)
      signingKey.longestLifetime = ring.policy.tokenLifetime
      bounded.append(signingKey)
    }
    self.signingKeys = bounded
  }

  package func signingKey(for algorithm: Algorithm) throws(KeyRingError) -> RingSigningKey {
    guard let key = signingKeys.first(where: { $0.algorithm == algorithm }) else {
      throw .noActiveKey(algorithm, ring: signingKeys.map(\.algorithm))
    }
    return key
  }

  package func maxAge(at now: NumericDate) -> Int64 { cacheLifetime.seconds(at: now) }
}

/// How fresh a process's snapshot is, and until when it may sign and serve with it.
///
/// Only the wall clock is asked, so it must not be able to stretch the time: once it has gone back by more than S since
/// the snapshot was confirmed, nothing can be said about how long ago that was.
package struct Freshness: Sendable, Hashable {
  /// When the snapshot was read from its store.
  package var at: NumericDate
  /// R.
  package var bound: Int64
  /// S. At least a second: two threads may read the clock on either side of one.
  package var skew: Int64
  /// The latest time seen since then; `wentBack` once an earlier one was.
  package var latest: NumericDate

  package static let wentBack = NumericDate(.max)

  package init(at: NumericDate, bound: Int64, skew: Int64, latest: NumericDate) {
    (self.at, self.bound, self.skew, self.latest) = (at, bound, max(1, skew), latest)
  }

  package var end: NumericDate { at.advanced(by: bound) }

  /// Takes note of the time.
  package mutating func see(_ now: NumericDate) {
    guard latest != Self.wentBack else { return }
    latest = now < latest.advanced(by: -skew) ? Self.wentBack : max(latest, now)
  }

  package func isFresh(at now: NumericDate) -> Bool { latest != Self.wentBack && now <= end }
}
