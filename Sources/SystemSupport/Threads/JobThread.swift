#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A thread of its own that does jobs one by one, in the order in which they came.
///
/// For libraries that want to be called from one thread only. Ends when nobody holds it and its jobs are done.
package final class JobThread: Sendable {
  package typealias Job = @Sendable () -> Void

  private let queue = JobQueue()

  /// - Parameter stackSize: in bytes.
  package init(stackSize: Int = 8 << 20) throws(ThreadError) { try queue.start(stackSize: stackSize) }

  deinit { queue.finish() }

  package func run(_ job: @escaping Job) { queue.add(job) }
}

package struct ThreadError: Error, Sendable, Equatable, CustomStringConvertible {
  package let code: Int32
  package var description: String { "cannot start a thread: \(unsafe String(cString: strerror(code)))" }
}

/// Outlives the `JobThread` for as long as the thread works on what is left.
@safe private final class JobQueue: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let hasWork: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [JobThread.Job] = []
  private var isFinished = false

  init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe hasWork = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(hasWork, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(hasWork)
    unsafe pthread_mutex_destroy(mutex)
    unsafe hasWork.deallocate()
    unsafe mutex.deallocate()
  }

  func start(stackSize: Int) throws(ThreadError) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, stackSize)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let retained = unsafe Unmanaged.passRetained(self)
    #if canImport(Darwin)
    var thread: pthread_t?
    let code = unsafe pthread_create(&thread, &attributes, { workOff($0) }, retained.toOpaque())
    #else
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, &attributes, { argument in unsafe argument.map { unsafe workOff($0) } ?? nil },
      retained.toOpaque())
    #endif
    guard code == 0 else {
      unsafe retained.release()
      throw ThreadError(code: code)
    }
  }

  func add(_ job: @escaping JobThread.Job) { change { jobs.append(job) } }

  func finish() { change { isFinished = true } }

  private func change(_ change: () -> Void) {
    unsafe pthread_mutex_lock(mutex)
    change()
    unsafe pthread_cond_signal(hasWork)
    unsafe pthread_mutex_unlock(mutex)
  }

  func work() {
    receiveSignals()
    while let jobs = next() {
      for job in jobs { job() }
    }
  }

  /// What is to be done, waited for; `nil` when nothing will come any more.
  private func next() -> [JobThread.Job]? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while jobs.isEmpty {
      if isFinished { return nil }
      unsafe pthread_cond_wait(hasWork, mutex)
    }
    defer { jobs = [] }
    return jobs
  }
}

/// A thread starts with the signals blocked that its maker has blocked, and Dispatch blocks nearly all for those it makes.
/// JavaScriptCore stops threads by a signal, SIGUSR1 unless it was told otherwise, and waits for ever where that doesn't
/// arrive; faults end the process where they are blocked.
private func receiveSignals() {
  var signals = sigset_t()
  unsafe sigemptyset(&signals)
  for signal in [SIGUSR1, SIGUSR2, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV] {
    unsafe sigaddset(&signals, signal)
  }
  unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
}

private func workOff(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  unsafe Unmanaged<JobQueue>.fromOpaque(argument).takeRetainedValue().work()
  return nil
}
