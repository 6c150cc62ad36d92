import Synchronization

/// A value that is set once, and that any number of tasks wait for.
package final class OneShot<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
    var lastWaiter = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// `nil` until it is set.
  package var value: Value? { state.withLock { $0.value } }

  /// Sets the value and resumes every waiter. The first call wins; later ones change nothing.
  package func set(_ value: Value) {
    let waiters = state.withLock { state -> [Int: CheckedContinuation<Value?, Never>] in
      guard state.value == nil else { return [:] }
      state.value = value
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.resume(returning: value) }
  }

  /// The value, as soon as it is set. `nil` if the calling task is cancelled before that; other waiters go on waiting.
  package func wait() async -> Value? {
    let waiter = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { add(waiter, $0) }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: nil)
    }
  }

  private func add(_ waiter: Int, _ continuation: CheckedContinuation<Value?, Never>) {
    let (isOver, value) = state.withLock { state -> (Bool, Value?) in
      // The cancellation handler may have run already: it found no waiter to resume.
      if state.value != nil || Task.isCancelled { return (true, state.value) }
      state.waiters[waiter] = continuation
      return (false, nil)
    }
    if isOver { continuation.resume(returning: value) }
  }
}
