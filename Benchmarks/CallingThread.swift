import Dispatch
import Synchronization

/// Runs a task on the thread that waits for it: what is measured is its work, not the way to another thread, which takes
/// some 50 µs.
final class CallingThread: TaskExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var isDone = false
    var isWaiting = false
  }

  private let state = Mutex(State())
  private let ready = DispatchSemaphore(value: 0)

  static func run(_ work: sending @escaping @isolated(any) () async -> Void) {
    let thread = CallingThread()
    Task(executorPreference: thread) {
      await work()
      thread.change { $0.isDone = true }
    }
    thread.runJobs()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    change { $0.jobs.append(job) }
  }

  private func runJobs() {
    var jobs: [UnownedJob] = []
    while take(&jobs) {
      for job in jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }

  /// All that wait, in their order; `false` at the end.
  private func take(_ jobs: inout [UnownedJob]) -> Bool {
    jobs.removeAll(keepingCapacity: true)
    while true {
      let isOver = state.withLock { state -> Bool? in
        swap(&state.jobs, &jobs)
        state.isWaiting = jobs.isEmpty && !state.isDone
        return state.isWaiting ? nil : jobs.isEmpty
      }
      if let isOver { return !isOver }
      ready.wait()
    }
  }

  private func change(_ change: (inout State) -> Void) {
    let wakes = state.withLock { state in
      change(&state)
      defer { state.isWaiting = false }
      return state.isWaiting
    }
    if wakes { ready.signal() }
  }
}
