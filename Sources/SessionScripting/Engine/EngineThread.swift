#if JavaScript
import SystemSupport

/// Where everything that touches JavaScriptCore runs: the compiler checks it, for what does is isolated to an actor
/// with this executor.
final class EngineThread: SerialExecutor {
  private let thread: JobThread

  init() throws(ThreadError) { thread = try JobThread() }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = unsafe asUnownedSerialExecutor()
    thread.run { unsafe job.runSynchronously(on: executor) }
  }
}
#endif
