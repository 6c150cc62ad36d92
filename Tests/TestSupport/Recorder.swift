import Synchronization

/// Keeps what happened, in order and from any thread, and lets a test wait for it.
package final class Recorder<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  package init() {}

  package var elements: [Element] { state.withLock { $0.elements } }

  package func append(_ element: Element) {
    let reached = state.withLock { state in
      state.elements.append(element)
      let reached = state.waiting.filter { $0.count <= state.elements.count }
      state.waiting.removeAll { $0.count <= state.elements.count }
      return reached
    }
    for waiter in reached { waiter.continuation.resume() }
  }

  /// Returns once `count` elements are recorded.
  package func reach(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isReached = state.withLock { state in
        if state.elements.count < count { state.waiting.append((count, continuation)) }
        return state.elements.count >= count
      }
      if isReached { continuation.resume() }
    }
  }
}

/// Counts from any thread.
package final class Counter: Sendable {
  private let number = Atomic(0)

  package init() {}

  package var count: Int { number.load(ordering: .relaxed) }

  /// Counts one more, and returns how many that makes.
  @discardableResult
  package func next() -> Int { number.add(1, ordering: .relaxed).newValue }
}
