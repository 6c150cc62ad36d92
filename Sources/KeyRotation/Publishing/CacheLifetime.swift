package import JOSECore
import SystemSupport

/// How long a JWKS that is served now may be kept: its `max-age`.
///
/// The promise needs no more than that this never passes the policy's `max_age`. It is shorter before a new key is
/// published, so that verifiers hear of it early. Nobody has to hear of a key that is removed.
package struct CacheLifetime: Sendable, Hashable {
  /// The policy's `max_age`.
  package let bound: Int64
  /// When the next new key will be published, as far as that can be foreseen.
  let newKeyAt: NumericDate?

  package init(_ ring: KeyRingState) {
    (bound, newKeyAt) = (ring.policy.maxAge, ring.nextNewKey)
  }

  /// In seconds.
  ///
  /// Caches that would run out in the second of the change are spread over a tenth of `max_age` after it: before it they
  /// would fetch the old set once more. The spread depends on the second alone, so one text serves all answers of a second.
  package func seconds(at now: NumericDate) -> Int64 {
    let mixed = SplitMix64.mixed(UInt64(bitPattern: now.secondsSinceEpoch))
    return seconds(at: now, spread: Int64(mixed % UInt64(window + 1)))
  }

  /// The longest that any spread gives.
  package func longest(at now: NumericDate) -> Int64 { seconds(at: now, spread: window) }

  private var window: Int64 { bound / 10 }

  private func seconds(at now: NumericDate, spread: Int64) -> Int64 {
    guard let newKeyAt else { return bound }
    // While a step is overdue, and just before one, verifiers would fetch for each token.
    let shortest: Int64 = 60
    let shared = min(bound, max(shortest, newKeyAt.seconds(since: now)))
    return shared + min(spread, bound - shared)
  }
}
