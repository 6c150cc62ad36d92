import ArgumentParser
import BenchmarkResults
import JOSECore
import Synchronization

/// A row's work a certain number of times and nothing else, for tools that count instructions.
struct LoopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loop", abstract: "Run one row a number of times, for callgrind or perf.")

  @OptionGroup var chosen: ChosenRow
  @Option(help: "How often.") var count = 1000
  @ParentCommand var parent: BenchmarkCommand

  func run() throws {
    let runs = try chosen.runs(threads: 1, parent.multiBuffer)[0]
    try chosen.workload(runs).run(count)
    try runs.check()
  }
}

/// What a second core adds: slices on one thread and on several take turns.
struct ScalingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling", abstract: "Compare several threads with one: two, or the most of --threads.")

  @OptionGroup var chosen: ChosenRow
  @Option(help: "Pairs of slices.") var pairs = 9
  /// Which takes --threads and --no-multi-buffer, wherever they stand on the command line.
  @ParentCommand var parent: BenchmarkCommand

  func validate() throws { guard pairs > 0 else { throw ValidationError("--pairs is from 1, not \(pairs)") } }

  func run() throws {
    try Rerun.asReleaseBuild()
    if !parent.noMultiBuffer { try Rerun.withMultiBufferLibrary() }
    let threads = parent.threads?.counts.last ?? 2
    let workloads = try chosen.runs(threads: threads, parent.multiBuffer).map(chosen.workload)
    let ratios = try (0..<pairs).map { _ in
      let alone = try Self.rate([workloads[0]])
      return try Self.rate(workloads) / alone
    }.sorted()
    print(chosen.row, chosen.limit ? "limit" : "", "\(threads) threads:", ratios[ratios.count / 2], ratios)
  }

  /// Operations per second of all threads together, over a quarter of a second.
  private static func rate(_ workloads: [AnyWorkload]) throws -> Double {
    let total = Mutex(0.0)
    nonisolated(unsafe) let workloads = workloads  // one thread each
    try Threads.run(unsafe workloads.count) { thread in
      let workload = unsafe workloads[thread]
      let turn = Measurement.Turn(side: .tokens, workload: workload, step: max(50, workload.group))
      let rate = try Measurement.rate(of: turn, for: .milliseconds(250))
      total.withLock { $0 += rate }
    }
    return total.withLock { $0 }
  }
}

/// A row, or its limit, to run without a table.
struct ChosenRow: ParsableArguments {
  @Argument(help: "The row's name.") var row: String
  @Flag(help: "The bare operation in its place.") var limit = false

  func runs(threads: Int, _ multiBuffer: MultiBufferSigner) throws -> [Runs] {
    guard let row = Row.all.first(where: { $0.name == row }) else {
      throw ValidationError("no row has this name")
    }
    return try row.make(threads, multiBuffer)
  }

  func workload(_ runs: Runs) -> AnyWorkload { limit ? runs.limit : runs.row }
}
