public import JOSECore
import Synchronization

/// The snapshot in force, for everyone who signs or serves.
///
/// Readers look at the epoch and at the time up to which the snapshot is confirmed, a load each, and take the snapshot
/// itself only when the epoch has changed. So nothing is locked on the way of a token.
public final class CurrentKeyRing: Sendable {
  private let latestEpoch: Atomic<Int>
  private let confirmedAt: Atomic<Int64>
  private let snapshot: Mutex<KeyRingSnapshot>
  private let stalenessBound: Atomic<Int64>
  private let clockSkew: Atomic<Int64>
  private let latestSeen: Atomic<Int64>
  /// `confirmedAt` and the staleness bound after it, for the way of a token.
  private let freshUntil: Atomic<Int64>

  /// - Parameter now: when the snapshot was read from its store.
  public init(_ snapshot: KeyRingSnapshot, confirmedAt now: NumericDate) {
    latestEpoch = Atomic(snapshot.epoch)
    confirmedAt = Atomic(now.secondsSinceEpoch)
    latestSeen = Atomic(now.secondsSinceEpoch)
    stalenessBound = Atomic(snapshot.ring.policy.stalenessBound)
    clockSkew = Atomic(snapshot.ring.policy.clockSkew)
    freshUntil = Atomic(now.advanced(by: snapshot.ring.policy.stalenessBound).secondsSinceEpoch)
    self.snapshot = Mutex(snapshot)
  }

  public var epoch: Int { latestEpoch.load(ordering: .acquiring) }

  public var current: KeyRingSnapshot { snapshot.withLock { $0 } }

  /// Puts a newer snapshot in force; one that isn't newer is ignored: epochs only grow.
  ///
  /// - Returns: whether the snapshot is now in force, and confirmed. `false` where the store has gone back.
  @discardableResult
  public func update(_ newer: KeyRingSnapshot, confirmedAt now: NumericDate) -> Bool {
    snapshot.withLock { current in
      guard newer.ring.follows(current.ring) else { return false }
      if newer.epoch > current.epoch {
        current = newer
        stalenessBound.store(newer.ring.policy.stalenessBound, ordering: .relaxed)
        clockSkew.store(newer.ring.policy.clockSkew, ordering: .relaxed)
        latestEpoch.store(newer.epoch, ordering: .releasing)
      }
      latestSeen.store(now.secondsSinceEpoch, ordering: .relaxed)
      let bound = current.ring.policy.stalenessBound
      freshUntil.store(now.advanced(by: bound).secondsSinceEpoch, ordering: .relaxed)
      confirmedAt.store(now.secondsSinceEpoch, ordering: .releasing)
      return true
    }
  }

  /// Whether a ring is the one in force or a later one.
  func isFollowed(by ring: KeyRing) -> Bool { snapshot.withLock { ring.follows($0.ring) } }

  /// Until when this process may sign without hearing from its store again.
  public var signsUntil: NumericDate { freshness.end }

  /// Refuses to sign with a snapshot that may be out of date: the ring may have moved on, and the key been destroyed.
  /// Refuses to serve with it too: verifiers would keep a JWKS without the next key, whose time is reckoned from R.
  public func checkFreshness(at now: NumericDate) throws(KeyRingError) {
    // Most tokens come in a second in which there has been one before: the clock has not gone back since.
    let seconds = now.secondsSinceEpoch
    if latestSeen.load(ordering: .relaxed) == seconds, seconds <= freshUntil.load(ordering: .relaxed) {
      return
    }
    let freshness = see(now)
    guard !freshness.isFresh(at: now) else { return }
    if freshness.latest == Freshness.wentBack { throw .clockWentBack(since: freshness.at, now: now) }
    throw .stale(since: freshness.at, now: now, bound: freshness.bound)
  }

  /// Takes note of the time, so that a clock that goes back is noticed though nobody signs meanwhile.
  @discardableResult
  func see(_ now: NumericDate) -> Freshness {
    let before = freshness
    var after = before
    after.see(now)
    // At most once a second: times are whole seconds. Who confirms at the same moment wins.
    if after.latest != before.latest {
      _ = latestSeen.compareExchange(
        expected: before.latest.secondsSinceEpoch, desired: after.latest.secondsSinceEpoch, ordering: .relaxed
      )
    }
    return after
  }

  private var freshness: Freshness {
    Freshness(
      at: NumericDate(confirmedAt.load(ordering: .acquiring)), bound: stalenessBound.load(ordering: .relaxed),
      skew: clockSkew.load(ordering: .relaxed), latest: NumericDate(latestSeen.load(ordering: .relaxed)))
  }
}

extension KeyRing {
  /// Another ring of the same epoch has grown from an older one that was put back.
  fileprivate func follows(_ other: KeyRing) -> Bool { epoch > other.epoch || self == other }
}
