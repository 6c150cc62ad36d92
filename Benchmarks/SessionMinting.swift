import BenchmarkResults
import IDTokens
import SessionHost

/// `getSessionToken()` of an extension: async, with the permission check and behind the deadline.
struct SessionMinting: TokenWorkload {
  private let api: SessionAPI
  private var newest = ""

  init(_ subject: Subject) throws { api = try subject.sessionAPI() }

  mutating func mint() throws { try run(1) }

  /// One task for all of them, as an extension has it: what is measured is the call, not the start of a task.
  mutating func run(_ count: Int) throws {
    try take { [api] answer in
      for _ in 0..<count { answer.token = try? await api.getSessionToken() }
    }
  }

  /// Timed in the task, for the same reason.
  mutating func run(_ count: Int, timing histogram: inout Histogram) throws {
    let answer = try take { [api] answer in
      for _ in 0..<count {
        let start = ContinuousClock.now
        answer.token = try? await api.getSessionToken()
        answer.samples.append(start.duration(to: .now))
      }
    }
    for sample in answer.samples { histogram.record(sample) }
  }

  @discardableResult
  private mutating func take(_ work: @escaping @Sendable (Answer) async -> Void) throws -> Answer {
    let answer = Answer()
    CallingThread.run { await work(answer) }
    guard let token = answer.token, newest.isEmpty || token.utf8.count == newest.utf8.count else {
      throw BenchmarkError.unexpectedToken(
        length: answer.token?.utf8.count ?? 0, expected: newest.utf8.count)
    }
    newest = token
    return answer
  }

  func newestToken() -> String { newest }

  /// Written by the task and read when it is over.
  private final class Answer: @unchecked Sendable {
    var token: String?
    var samples: [Duration] = []
  }
}
