#if JavaScript
import BenchmarkResults
import IDTokens
import JOSECore
import SessionHost
import SessionScripting
import Synchronization

extension Row {
  /// `getSessionToken()` of an extension in JavaScript; the limit is a promise of the engine's own, which nobody is
  /// asked for.
  static let scripted = [Algorithm.hs256, .es256].map { algorithm in
    Row(name: "script/\(algorithm)", hasLatency: false, countsAllocations: false) {
      threads, multiBuffer in
      let subject = try Subject(algorithm, multiBuffer)
      return try (0..<threads).map { _ in
        var minting = try ScriptedPromises(subject, "ask")
        try minting.run(1)
        let limit = try ScriptedPromises(subject, "resolve")
        let boxed = Boxed(minting)
        return Runs(row: AnyWorkload(boxed), limit: AnyWorkload(limit), isBare: false) {
          try subject.verify(boxed.workload.newestToken())
        }
      }
    }
  }
}

/// Promises that an extension waits for, a thousand at once: what is measured is not the way to its thread.
struct ScriptedPromises: Workload {
  private static let script = """
    let newest;
    const each = (promise) => (count) => {
      for (let index = 0; index < count; index++) promise(index).then((value) => { newest = value; });
    };
    extension('benchmark', (root) => root.append(root.createComponent('Benchmark', {
      ask: each(() => shopify.session.getSessionToken()),
      resolve: each((index) => new Promise((resolve) => resolve(index))),
      tell: () => shopify.benchmark.take(newest),
    })));
    """

  private let running: RunningExtension
  private let action: String
  private let newest: Newest
  private var inAdvance = 0
  private static let atOnce = 1000

  /// - Parameter action: the prop of the script's component that makes the promises.
  init(_ subject: Subject, _ action: String) throws {
    let (api, newest) = (try subject.sessionAPI(), Newest())
    let take = HostAPI(
      "benchmark",
      functions: [
        "take": { arguments in
          newest.keep(arguments.first?.string)
          return nil
        }
      ])
    let host = ExtensionHost(session: api, apis: [take], timeLimit: .seconds(60), deadline: .seconds(60))
    running = try CallingThread.run { try await host.run(Self.script) }
    (self.action, self.newest) = (action, newest)
  }

  mutating func run(_ count: Int) throws {
    inAdvance -= count
    while inAdvance < 0 {
      try perform(action, [.integer(Int64(Self.atOnce))])
      inAdvance += Self.atOnce
    }
  }

  func newestToken() throws -> String {
    try perform("tell")
    return newest.value ?? ""
  }

  private func perform(_ action: String, _ arguments: [JSONValue] = []) throws {
    try CallingThread.run { [running] in
      try await running.act(action, at: [0], arguments)
      try await running.settle()
    }
  }

  private final class Newest: Sendable {
    private let kept = Mutex<String?>(nil)
    var value: String? { kept.withLock { $0 } }
    func keep(_ text: String?) { kept.withLock { $0 = text } }
  }
}
#else
extension Row {
  static let scripted: [Row] = []
}
#endif
