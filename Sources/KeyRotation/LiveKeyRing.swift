public import JOSE
import Synchronization

/// The snapshot in force, for everyone who signs or serves.
///
/// Readers look at the epoch and at the time up to which the snapshot is confirmed, a load each, and take the snapshot
/// itself only when the epoch has changed. So nothing is locked on the way of a token.
public final class LiveKeyRing: Sendable {
  private let latestEpoch: Atomic<Int>
  private let confirmedAt: Atomic<Int64>
  private let snapshot: Mutex<KeyRingSnapshot>
  private let stalenessBound: Atomic<Int64>

  /// - Parameter now: when the snapshot was read from its store.
  public init(_ snapshot: KeyRingSnapshot, confirmedAt now: NumericDate) {
    latestEpoch = Atomic(snapshot.epoch)
    confirmedAt = Atomic(now.secondsSinceEpoch)
    stalenessBound = Atomic(snapshot.ring.policy.stalenessBound)
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
        latestEpoch.store(newer.epoch, ordering: .releasing)
      }
      confirmedAt.store(now.secondsSinceEpoch, ordering: .releasing)
      return true
    }
  }

  /// Whether a ring is the one in force or a later one.
  func isFollowed(by ring: KeyRing) -> Bool { snapshot.withLock { ring.follows($0.ring) } }

  /// Until when this process may sign without hearing from its store again.
  public var signsUntil: NumericDate {
    NumericDate(confirmedAt.load(ordering: .acquiring)).advanced(by: stalenessBound.load(ordering: .relaxed))
  }

  /// Refuses to sign with a snapshot that may be out of date: the ring may have moved on, and the key been destroyed.
  ///
  /// A confirmation from further ahead than the bound is none: the clock was set back, and how old it is can't be said.
  public func checkFreshness(at now: NumericDate) throws(KeyRingError) {
    let since = NumericDate(confirmedAt.load(ordering: .acquiring))
    let bound = stalenessBound.load(ordering: .relaxed)
    guard !(-bound...bound).contains(now.seconds(since: since)) else { return }
    throw .stale(since: since, now: now, bound: bound)
  }
}

extension KeyRing {
  /// Another ring of the same epoch has grown from an older one that was put back.
  fileprivate func follows(_ other: KeyRing) -> Bool { epoch > other.epoch || self == other }
}
