public import JOSECore
import Synchronization

/// Drives a ring in the background: takes a step when one is pending, keeps the snapshot confirmed, and follows what
/// other processes change.
///
/// It sleeps until a step is due or the store reports a change. When the store fails, it retries with growing pauses.
/// Signing continues with the latest snapshot until the policy's staleness bound is over.
public actor KeyRotator {
  /// When the snapshot was last confirmed. With `lastError` and `nextDue` it says how the ring is doing, for a health check.
  public private(set) var lastSuccess: NumericDate?
  /// Why the latest round failed; `nil` after one that did not.
  public private(set) var lastError: KeyRingError?
  public private(set) var failuresInARow = 0
  /// When the next step has something to do, as far as that can be foreseen.
  public private(set) var nextDue: NumericDate?
  public nonisolated let ring: KeyRing
  private let sleeper: any Clock<Duration>
  private let onEvent: @Sendable (RingEvent, Int) -> Void
  private let onFollowed: @Sendable (RingEvent, Int) -> Void
  private let onFailure: @Sendable (KeyRingError, NumericDate) -> Void

  /// - Parameters:
  ///   - ring: the open ring.
  ///   - sleeper: measures the pauses between steps.
  ///   - onEvent: receives every change that this process makes, and the epoch that begins with it.
  ///   - onFollowed: receives every change of another process, when this one has read it.
  ///   - onFailure: is told when the store can't be read or written, and until when this process may go on signing.
  public init(
    _ ring: KeyRing, sleeper: any Clock<Duration> = ContinuousClock(),
    onEvent: @escaping @Sendable (RingEvent, _ epoch: Int) -> Void = { _, _ in },
    onFollowed: @escaping @Sendable (RingEvent, _ epoch: Int) -> Void = { _, _ in },
    onFailure: @escaping @Sendable (KeyRingError, _ signsUntil: NumericDate) -> Void = { _, _ in }
  ) {
    (self.ring, self.sleeper) = (ring, sleeper)
    (self.onEvent, self.onFollowed, self.onFailure) = (onEvent, onFollowed, onFailure)
  }

  /// Runs until the task is cancelled.
  public func run() async {
    let wakeUps = WakeUps(ring.store.changes())
    while !Task.isCancelled {
      let pause = await cycle()
      await wakeUps.wait(atMost: pause, sleeper)
    }
  }

  /// One round: step if something is due, confirm the snapshot. Returns how long there is nothing to do.
  @discardableResult
  public func cycle() async -> Duration {
    let now = ring.clock.now
    ring.see(now)
    let before = ring.current.ring
    var (failures, own): ([KeyRingError], [RingEvent]) = ([], [])
    do throws(KeyRingError) { own = try await takeSteps(at: now) } catch { failures.append(error) }
    // A change that can't be written down leaves the ring as it was, and good to sign with.
    do throws(KeyRingError) { try await ring.refresh(at: now) } catch { failures.append(error) }
    tellFollowed(since: before, own)
    if let failure = failures.first { return failed(failure) }
    lastSuccess = now
    nextDue = ring.current.ring.nextDue(ring.policy)
    (lastError, failuresInARow) = (nil, 0)
    return pause(at: now)
  }

  private func takeSteps(at now: NumericDate) async throws(KeyRingError) -> [RingEvent] {
    guard ring.role == .rotates else { return [] }
    let steps = try await ring.settle(nil, .fixed(now)) { [onEvent] step in
      for event in step.events { onEvent(event, step.ring.epoch) }
    }
    return steps.flatMap(\.events)
  }

  private func tellFollowed(since before: KeyRingState, _ own: [RingEvent]) {
    let (current, ownKeys) = (ring.current.ring, own.map(\.keyID))
    guard current.epoch > before.epoch else { return }
    for event in current.changes(since: before) where !ownKeys.contains(event.keyID) {
      onFollowed(event, current.epoch)
    }
  }

  private func failed(_ error: KeyRingError) -> Duration {
    lastError = error
    failuresInARow += 1
    onFailure(error, ring.signsUntil)
    // 1, 2, 4 … s: a store that recovers is found again before the staleness bound is over.
    return .seconds(min(1 << min(failuresInARow - 1, 10), max(1, ring.policy.stalenessBound / 4)))
  }

  /// Until something is due, but no longer than a third of the staleness bound: two confirmations may fail.
  private func pause(at now: NumericDate) -> Duration {
    let due = ring.role == .rotates ? nextDue?.seconds(since: now) ?? .max : .max
    return .seconds(max(1, min(due, ring.policy.stalenessBound / 3)))
  }
}

/// Waits for a change of the store or the end of a pause, whichever is first.
final class WakeUps: Sendable {
  private struct State {
    var waiter: CheckedContinuation<Void, Never>?
    /// A change came while nobody waited: the next wait is over at once.
    var isPending = false
  }

  private let state = Mutex(State())
  private let listener = Mutex<Task<Void, Never>?>(nil)

  init(_ changes: AsyncStream<Void>) {
    listener.withLock { listener in
      listener = Task { [weak self] in
        for await _ in changes { self?.wake() }
      }
    }
  }

  deinit { listener.withLock { $0?.cancel() } }

  func wait(atMost pause: Duration, _ clock: any Clock<Duration>) async {
    let timer = Task {
      // Cancelled when the wait is over: then there is nobody to wake.
      guard (try? await clock.sleep(for: pause)) != nil else { return }
      wake()
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if !state.isPending { state.waiter = continuation }
          defer { state.isPending = false }
          return state.isPending
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      wake()
    }
    timer.cancel()
  }

  private func wake() {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      if state.waiter == nil { state.isPending = true }
      return state.waiter
    }
    waiter?.resume()
  }
}
