import Synchronization

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
