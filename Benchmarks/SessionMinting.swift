import BenchmarkResults
import Dispatch
import IDTokens
import JOSECore
import SessionHost
import Synchronization

/// `getSessionToken()` of an extension: async, with the permission check and behind the deadline.
struct SessionMinting: TokenWorkload {
  private let api: SessionAPI
  private var newest = ""

  init(_ subject: Subject) throws { api = try subject.sessionAPI() }

  mutating func mint() throws { try run(1) }

  /// One task for all of them, as an extension has it: what is measured is the call, not the start of a task.
  mutating func run(_ count: Int) throws {
    let taken = try CallingThread.run { [api] in
      var taken = Taken()
      for _ in 0..<count { try await taken.ask(api) }
      return taken
    }
    try taken.check(&newest)
  }

  /// Timed in the task, for the same reason.
  mutating func run(_ count: Int, timing histogram: inout Histogram) throws {
    let taken = try CallingThread.run { [api] in
      var taken = Taken()
      for _ in 0..<count {
        let start = ContinuousClock.now
        try await taken.ask(api)
        taken.samples.append(start.duration(to: .now))
      }
      return taken
    }
    try taken.check(&newest)
    for sample in taken.samples { histogram.record(sample) }
  }

  func newestToken() -> String { newest }
}

/// `getSessionToken()` by many callers at the same time, all on one thread: each has a task, and asks again as soon as it
/// has its token.
struct ConcurrentMinting: TokenWorkload {
  private let api: SessionAPI
  private let callers: Int
  private var newest = ""

  var group: Int { callers }
  /// Long enough that starting the tasks takes next to nothing of it.
  var step: Duration { .milliseconds(10) }

  init(_ subject: Subject, callers: Int) throws {
    api = try subject.sessionAPI()
    self.callers = callers
  }

  mutating func mint() throws { try run(callers) }

  mutating func run(_ count: Int) throws {
    try take(count) { [api] count in
      var taken = Taken()
      for _ in 0..<count { try await taken.ask(api) }
      return taken
    }
  }

  /// Timed from when a caller would ask to when it has its token: earlier callers are served in between, one by one or
  /// together, as by a server with as many requests.
  mutating func run(_ count: Int, timing histogram: inout Histogram) throws {
    let (start, isAlone) = (ContinuousClock.now, callers == 1)
    let taken = try take(count) { [api] count in
      var (taken, asked) = (Taken(), start)
      for _ in 0..<count {
        if isAlone { asked = .now }
        try await taken.ask(api)
        let answered = ContinuousClock.now
        taken.samples.append(asked.duration(to: answered))
        asked = answered
        if !isAlone { await Task.yield() }
      }
      return taken
    }
    for sample in taken.flatMap(\.samples) { histogram.record(sample) }
  }

  func newestToken() -> String { newest }

  @discardableResult
  private mutating func take(
    _ count: Int, _ ask: @escaping @Sendable (_ count: Int) async throws -> Taken
  ) throws -> [Taken] {
    let taken = try CallingThread.run { [callers] in
      try await withThrowingTaskGroup(of: Taken.self) { group in
        for caller in 0..<callers {
          group.addTask { try await ask(count / callers + (caller < count % callers ? 1 : 0)) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    for taken in taken { try taken.check(&newest) }
    return taken
  }
}

/// What a caller got.
private struct Taken: Sendable {
  private var token: String?
  var samples: [Duration] = []

  mutating func ask(_ api: SessionAPI) async throws {
    token = try await api.getSessionToken()
    // The reason is on stderr: see Subject.sessionAPI.
    if token == nil { throw BenchmarkError("getSessionToken() answered that there is no token") }
  }

  /// Fails unless the last token is as long as the newest one before it.
  func check(_ newest: inout String) throws {
    guard let token else { return }
    guard newest.isEmpty || token.utf8.count == newest.utf8.count else {
      throw BenchmarkError.unexpectedToken(length: token.utf8.count, expected: newest.utf8.count)
    }
    newest = token
  }
}

extension Row {
  static let groups = [Algorithm.es256, .edDSA, .rs256, .es384].flatMap { algorithm in
    [1, 8, 64, 1024].map { group(algorithm, callers: $0) }
  }

  /// What multi-buffer signing changes for so many callers; the limit is the same without it.
  private static func group(_ algorithm: Algorithm, callers: Int) -> Row {
    Row(name: "group/\(algorithm)/\(callers)", comparesLatency: true, countsAllocations: false) {
      threads, multiBuffer in
      let (subject, alone) = (try Subject(algorithm, multiBuffer), try Subject(algorithm, .off))
      return try (0..<threads).map { _ in
        try Runs(
          minting: ConcurrentMinting(subject, callers: callers), subject,
          limit: AnyWorkload(ConcurrentMinting(alone, callers: callers)))
      }
    }
  }
}

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

  static func run<Value: Sendable, Failure: Error>(
    _ work: sending @escaping @isolated(any) () async throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let thread = CallingThread()
    let answer = Mutex<Result<Value, Failure>?>(nil)
    Task(executorPreference: thread) {
      let result: Result<Value, Failure>
      do throws(Failure) { result = .success(try await work()) } catch { result = .failure(error) }
      answer.withLock { $0 = result }
      thread.change { $0.isDone = true }
    }
    while true {
      thread.runJobs()
      // Which is there as soon as the jobs are over.
      if let result = answer.withLock({ $0 }) { return try result.get() }
    }
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
