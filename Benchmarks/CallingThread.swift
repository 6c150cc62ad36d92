import Foundation

/// Runs a task on the thread that waits for it: what is measured is its work, not the way to another thread, which takes
/// some 50 µs.
final class CallingThread: TaskExecutor {
  private let condition = NSCondition()
  nonisolated(unsafe) private var jobs: [UnownedJob] = []
  nonisolated(unsafe) private var isDone = false

  static func run(_ work: sending @escaping @isolated(any) () async -> Void) {
    let thread = CallingThread()
    Task(executorPreference: thread) {
      await work()
      thread.finish()
    }
    thread.runJobs()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    change { unsafe jobs.append(job) }
  }

  private func finish() { change { unsafe isDone = true } }

  private func runJobs() {
    while case let waiting = next(), !waiting.isEmpty {
      for job in waiting { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }

  /// All that wait, in their order; none at the end.
  private func next() -> [UnownedJob] {
    condition.lock()
    defer { condition.unlock() }
    while unsafe jobs.isEmpty, unsafe !isDone { condition.wait() }
    defer { unsafe jobs = [] }
    return unsafe jobs
  }

  private func change(_ change: () -> Void) {
    condition.lock()
    change()
    condition.signal()
    condition.unlock()
  }
}
