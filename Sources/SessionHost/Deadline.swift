import Synchronization

/// Runs work that may never answer, and answers in its place when the time is over.
package struct Deadline: Sendable {
  package let duration: Duration
  private let clock: any Clock<Duration>

  package init(duration: Duration, clock: any Clock<Duration>) {
    (self.duration, self.clock) = (duration, clock)
  }

  package enum Outcome<Value: Sendable>: Sendable {
    case finished(Result<Value, any Error>)
    case exceeded
    case cancelled
  }

  /// The outcome of `work`, at the latest when the time is over or the caller is cancelled. Work that doesn't heed its
  /// cancellation is left behind: a task group would wait for it for ever.
  package func run<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async -> Outcome<Value> {
    let race = Race<Outcome<Value>>()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        race.start(continuation)
        race.add(Task { race.finish(.finished(await Self.result(of: work))) })
        race.add(
          Task {
            // Cancelled when the race is over; a clock that fails otherwise must not leave it without a deadline.
            try? await clock.sleep(for: duration)
            race.finish(.exceeded)
          })
      }
    } onCancel: {
      race.finish(.cancelled)
    }
  }

  private static func result<Value>(of work: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await work()) } catch { return .failure(error) }
  }
}

/// Several tasks of which the first to finish answers; the others are cancelled.
private final class Race<Outcome: Sendable>: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Outcome, Never>?
    var outcome: Outcome?
    var tasks: [Task<Void, Never>] = []
  }

  private let state = Mutex(State())

  func start(_ continuation: CheckedContinuation<Outcome, Never>) {
    let early = state.withLock { state -> Outcome? in
      if state.outcome == nil { state.continuation = continuation }
      return state.outcome
    }
    if let early { continuation.resume(returning: early) }
  }

  func add(_ task: Task<Void, Never>) {
    let isOver = state.withLock { state in
      if state.outcome == nil { state.tasks.append(task) }
      return state.outcome != nil
    }
    if isOver { task.cancel() }
  }

  func finish(_ outcome: Outcome) {
    let (continuation, tasks) = state.withLock {
      state -> (CheckedContinuation<Outcome, Never>?, [Task<Void, Never>]) in
      guard state.outcome == nil else { return (nil, []) }
      state.outcome = outcome
      defer { (state.continuation, state.tasks) = (nil, []) }
      return (state.continuation, state.tasks)
    }
    continuation?.resume(returning: outcome)
    for task in tasks { task.cancel() }
  }
}
