public import JOSECore
import Synchronization

/// A key ring in use: it signs, publishes the JWKS that verifies its tokens, and rotates its keys.
///
///     let ring = try await KeyRing.open("Keys/ring")
///     let rotator = Task { await KeyRotator(ring).run() }
///
/// Every thread may use it. Signing and publishing read a snapshot in memory: they compare its epoch and the time up to
/// which it is confirmed, one load each, and take the snapshot itself only when the epoch has changed. A `KeyRotator`
/// keeps the snapshot confirmed; without one, `step()` does. Once the policy's `stalenessBound` has passed without a
/// confirmation, signing and publishing end with an error, since another process may have rotated the key away.
public final class KeyRing: Sendable {
  /// What this process does with the ring.
  public enum Role: Sendable {
    /// Signs, and takes the steps that are pending.
    case rotates
    /// Signs, and follows the steps of other processes.
    case follows
    /// Publishes the JWKS without reading private keys: such a process needs no right to read them.
    case serves
  }

  public let role: Role
  package let store: any KeyRingStore
  package let clock: WallClock
  let chosenPolicy: RotationPolicy?
  private let latestEpoch: Atomic<Int>
  private let confirmedAt: Atomic<Int64>
  private let snapshot: Mutex<KeyRingSnapshot>
  private let stalenessBound: Atomic<Int64>
  private let clockSkew: Atomic<Int64>
  private let latestSeen: Atomic<Int64>
  /// `confirmedAt` plus the staleness bound, so that minting a token compares one number.
  private let freshUntil: Atomic<Int64>

  /// - Parameters:
  ///   - store: a new one in memory by default.
  ///   - policy: the ring's own by default.
  ///   - now: when the snapshot was read from its store.
  package init(
    _ snapshot: KeyRingSnapshot, store: (any KeyRingStore)? = nil, policy: RotationPolicy? = nil,
    role: Role = .rotates, clock: WallClock = .system, confirmedAt now: NumericDate
  ) {
    self.store = store ?? InMemoryRingStore(snapshot)
    (chosenPolicy, self.role, self.clock) = (policy, role, clock)
    latestEpoch = Atomic(snapshot.epoch)
    confirmedAt = Atomic(now.secondsSinceEpoch)
    latestSeen = Atomic(now.secondsSinceEpoch)
    stalenessBound = Atomic(snapshot.ring.policy.stalenessBound)
    clockSkew = Atomic(snapshot.ring.policy.clockSkew)
    freshUntil = Atomic(now.advanced(by: snapshot.ring.policy.stalenessBound).secondsSinceEpoch)
    self.snapshot = Mutex(snapshot)
  }

  /// Grows by one with every change of the ring.
  public var epoch: Int { latestEpoch.load(ordering: .acquiring) }

  package var current: KeyRingSnapshot { snapshot.withLock { $0 } }

  /// Puts a newer snapshot in force. Epochs only grow.
  ///
  /// - Returns: whether the snapshot is now in force and confirmed; `false` if the store went back to an older ring.
  @discardableResult
  package func update(_ newer: KeyRingSnapshot, confirmedAt now: NumericDate) -> Bool {
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
  func isFollowed(by ring: KeyRingState) -> Bool { snapshot.withLock { ring.follows($0.ring) } }

  /// Until when this process may sign and publish without another confirmation.
  public var signsUntil: NumericDate { freshness.end }

  /// Refuses a snapshot that may be out of date, for signing and for publishing: the key may have been rotated away, and
  /// verifiers would cache a JWKS without the next key.
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

  /// Records the time, so that a clock that goes back is noticed even while nothing is signed.
  @discardableResult
  func see(_ now: NumericDate) -> Freshness {
    let before = freshness
    var after = before
    after.see(now)
    // At most once a second: times are whole seconds. A confirmation at the same moment wins.
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

extension KeyRingState {
  /// A different ring of the same epoch has grown from an older one that was put back.
  fileprivate func follows(_ other: KeyRingState) -> Bool { epoch > other.epoch || self == other }
}
