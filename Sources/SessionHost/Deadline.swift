import SystemSupport

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
    let outcome = OneShot<Outcome<Value>>()
    // The handler runs before anything else where the caller is cancelled already.
    return await withTaskCancellationHandler {
      let tasks = [
        Task { outcome.set(.finished(await Self.result(of: work))) },
        Task {
          // Cancelled when the work is done; a clock that fails otherwise must not leave it without a deadline.
          try? await clock.sleep(for: duration)
          outcome.set(.exceeded)
        },
      ]
      defer { for task in tasks { task.cancel() } }
      return await outcome.wait() ?? .cancelled
    } onCancel: {
      outcome.set(.cancelled)
    }
  }

  private static func result<Value>(of work: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await work()) } catch { return .failure(error) }
  }
}
