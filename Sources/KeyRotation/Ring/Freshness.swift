package import JOSECore

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
