#if Client
import Synchronization

/// A fetch that is under way, and those who wait for it.
final class InFlightFetch: Sendable {
  typealias Outcome = Result<Void, IssuerClientError>

  let number: Int
  /// Of the set when it started: what comes after a drop was asked for before it, and is thrown away.
  let generation: Int
  let isForced: Bool
  let entityTag: String?

  private struct State {
    var outcome: Outcome?
    var waiting: [Int: CheckedContinuation<Outcome, Never>] = [:]
    var nextWaiter = 0
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())

  init(number: Int, generation: Int, isForced: Bool, entityTag: String?) {
    (self.number, self.generation) = (number, generation)
    (self.isForced, self.entityTag) = (isForced, entityTag)
  }

  func finish(_ outcome: Outcome) {
    let waiting = state.withLock { state in
      state.outcome = outcome
      defer { state.waiting = [:] }
      return state.waiting.values.map { $0 }
    }
    for continuation in waiting { continuation.resume(returning: outcome) }
  }

  /// Waits for the end. Who is cancelled leaves the others waiting.
  func outcome() async -> Outcome {
    let waiter = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { begin(waiter, $0) }
    } onCancel: {
      let continuation = state.withLock { state in
        state.cancelled.insert(waiter)
        return state.waiting.removeValue(forKey: waiter)
      }
      continuation?.resume(returning: .failure(.cancelled))
    }
  }

  private func begin(_ waiter: Int, _ continuation: CheckedContinuation<Outcome, Never>) {
    let outcome: Outcome? = state.withLock { state in
      if let outcome = state.outcome { return outcome }
      if state.cancelled.contains(waiter) { return .failure(.cancelled) }
      state.waiting[waiter] = continuation
      return nil
    }
    if let outcome { continuation.resume(returning: outcome) }
  }
}
#endif
