public import JOSECore

/// Drives a ring: takes a step when one is due, keeps the snapshot of this process confirmed, and follows what other
/// processes change.
///
/// It sleeps until something is due or the store reports a change. When the store fails, it tries again with growing
/// pauses; meanwhile signing goes on with the snapshot at hand until the policy's staleness bound is over.
public actor KeyRotator {
  public enum Role: Sendable {
    /// Takes the steps that are due.
    case rotates
    /// Follows the steps of others.
    case follows
    /// Follows them to serve the JWKS, without the private keys: such a process need not be able to read them.
    case serves
  }

  /// How the ring is doing, for a health check.
  public struct Health: Sendable {
    public var lastSuccess: NumericDate?
    public var lastError: KeyRingError?
    public var failuresInARow = 0
    public var nextDue: NumericDate?
  }

  public private(set) var health = Health()
  public nonisolated let live: CurrentKeyRing
  private let store: any KeyRingStore
  private let policy: RotationPolicy
  private let role: Role
  private let clock: WallClock
  private let sleeper: any Clock<Duration>
  private let onEvent: @Sendable (RotatorEvent) -> Void

  /// - Parameters:
  ///   - live: the snapshot that issuers and servers of this process use.
  ///   - clock: the time that steps go by.
  ///   - sleeper: what the pauses between steps are measured with.
  ///   - onEvent: told of every change and failure, for logs and metrics.
  public init(
    _ live: CurrentKeyRing, store: any KeyRingStore, policy: RotationPolicy, role: Role = .rotates,
    clock: WallClock = .system, sleeper: any Clock<Duration> = ContinuousClock(),
    onEvent: @escaping @Sendable (RotatorEvent) -> Void = { _ in }
  ) {
    (self.live, self.store, self.policy, self.role) = (live, store, policy, role)
    (self.clock, self.sleeper, self.onEvent) = (clock, sleeper, onEvent)
  }

  /// Runs until the task is cancelled.
  public func run() async {
    let wakeUps = WakeUps(store.changes())
    while !Task.isCancelled {
      let pause = await cycle()
      await wakeUps.wait(atMost: pause, sleeper)
    }
  }

  /// One round: step if something is due, confirm the snapshot. Returns how long there is nothing to do.
  @discardableResult
  public func cycle() async -> Duration {
    let now = clock.now
    live.see(now)
    var failures: [KeyRingError] = []
    do throws(KeyRingError) { try await takeSteps(at: now) } catch { failures.append(error) }
    // A change that can't be written down leaves the ring as it was, and good to sign with.
    do throws(KeyRingError) { try await confirm(at: now) } catch { failures.append(error) }
    if let failure = failures.first { return failed(failure) }
    health.lastSuccess = now
    (health.lastError, health.failuresInARow) = (nil, 0)
    return pause(at: now)
  }

  private func takeSteps(at now: NumericDate) async throws(KeyRingError) {
    guard role == .rotates else { return }
    guard let ring = try await store.load() else { throw .noRing }
    guard live.isFollowed(by: ring) else { throw .ringWentBack(found: ring.epoch, known: live.epoch) }
    try await store.settle(policy, clock: .fixed(now)) { [onEvent] step in
      for event in step.events { onEvent(.ring(event, epoch: step.ring.epoch)) }
    }
  }

  private func confirm(at now: NumericDate) async throws(KeyRingError) {
    let snapshot = try await latestSnapshot()
    guard live.update(snapshot, confirmedAt: now) else {
      throw .ringWentBack(found: snapshot.epoch, known: live.epoch)
    }
    health.nextDue = snapshot.ring.nextDue(policy)
  }

  /// The snapshot in force if the ring is the same: reading and checking its private keys again would cost more than
  /// everything else here, with a passphrase a second of work.
  private func latestSnapshot() async throws(KeyRingError) -> KeyRingSnapshot {
    let current = live.current
    if let ring = try await store.load(), ring == current.ring { return current }
    guard let snapshot = try await role == .serves ? store.publicSnapshot() : store.snapshot() else {
      throw .noRing
    }
    return snapshot
  }

  private func failed(_ error: KeyRingError) -> Duration {
    health.lastError = error
    health.failuresInARow += 1
    onEvent(.failed(error, signsUntil: live.signsUntil))
    // 1, 2, 4 … s: a store that recovers is found again before the staleness bound is over.
    return .seconds(min(1 << min(health.failuresInARow - 1, 10), max(1, policy.stalenessBound / 4)))
  }

  /// Until something is due, but no longer than a third of the staleness bound: two confirmations may fail.
  private func pause(at now: NumericDate) -> Duration {
    let due = role == .rotates ? health.nextDue?.seconds(since: now) ?? .max : .max
    return .seconds(max(1, min(due, policy.stalenessBound / 3)))
  }
}

/// What a rotator tells.
public enum RotatorEvent: Sendable {
  case ring(RingEvent, epoch: Int)
  /// The store could not be read or written; this process signs on until `signsUntil` at the latest.
  case failed(KeyRingError, signsUntil: NumericDate)
}
