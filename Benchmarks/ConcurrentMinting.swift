import BenchmarkResults
import IDTokens
import JOSECore
import SessionHost

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
      for _ in 0..<count { taken.add(try? await api.getSessionToken()) }
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
        taken.add(try? await api.getSessionToken())
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

  /// What a caller got.
  private struct Taken: Sendable {
    var token: String?
    var missing = 0
    var samples: [Duration] = []

    mutating func add(_ token: String?) {
      self.token = token
      if token == nil { missing += 1 }
    }
  }
}

extension ConcurrentMinting {
  @discardableResult
  private mutating func take(
    _ count: Int, _ ask: @escaping @Sendable (_ count: Int) async -> Taken
  ) throws -> [Taken] {
    let (answers, callers) = (Answers(), self.callers)
    CallingThread.run {
      await withTaskGroup(of: Taken.self) { group in
        for caller in 0..<callers {
          group.addTask { await ask(count / callers + (caller < count % callers ? 1 : 0)) }
        }
        for await taken in group { answers.taken.append(taken) }
      }
    }
    for taken in answers.taken { try check(taken) }
    return answers.taken
  }

  private mutating func check(_ taken: Taken) throws {
    guard taken.missing == 0,
      newest.isEmpty || taken.token?.utf8.count ?? newest.utf8.count == newest.utf8.count
    else {
      throw BenchmarkError.unexpectedToken(
        length: taken.token?.utf8.count ?? 0, expected: newest.utf8.count)
    }
    if let token = taken.token { newest = token }
  }

  /// Written by the task and read when it is over.
  private final class Answers: @unchecked Sendable { var taken: [Taken] = [] }
}

extension Row {
  static let groups = [Algorithm.es256, .edDSA, .rs256, .es384].flatMap { algorithm in
    [1, 8, 64, 1024].map { group(algorithm, callers: $0) }
  }

  /// What lanes change for so many callers; the limit is the same without them.
  private static func group(_ algorithm: Algorithm, callers: Int) -> Row {
    Row(name: "group/\(algorithm)/\(callers)", comparesLatency: true, countsAllocations: false) {
      threads, lanes in
      let (subject, alone) = (try Subject(algorithm, lanes), try Subject(algorithm, .off))
      return try (0..<threads).map { _ in
        try Runs(
          minting: ConcurrentMinting(subject, callers: callers), subject,
          limit: AnyWorkload(ConcurrentMinting(alone, callers: callers)))
      }
    }
  }
}
