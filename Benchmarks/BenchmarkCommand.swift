import ArgumentParser
import BenchmarkResults
import Foundation
import JOSECore

@main
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Benchmarks",
    abstract: "Measures minting beside the bare OpenSSL operation on the same bytes.",
    discussion: """
      Both run in alternating slices of a tenth of a second; the ratio is the median over the pairs. Only ratios of \
      one run compare: absolute numbers drift with the machine.

      swift run Benchmarks
      swift run Benchmarks --filter HS256 --seconds 5 --threads 1,all
      swift run Benchmarks --json results.json --svg chart.svg
      swift run Benchmarks --compare results.json

      A comparison ends with status \(Regression.status) where a ratio fell by more than its threshold.
      """,
    subcommands: [
      CompareCommand.self, LoopCommand.self, ScalingCommand.self, PeerSubjects.self, PeerCheck.self,
    ])

  @Option(
    help: ArgumentHelp(
      "Measure the rows whose name contains this text, or one of several: mint/,batch/.", valueName: "text"))
  var filter: String?

  @Option(
    help:
      "How long to compare each row with its limit; a quarter of it goes to timing single tokens after that.")
  var seconds: Double = 2

  @Option(
    help: ArgumentHelp(
      "How many threads at once, such as 1,all for one and all cores. (default: 1, and all for mint/…/buffer)",
      valueName: "list"))
  var threads: ThreadCounts?

  @Flag(
    name: [.long, .customLong("no-lanes")],
    help: "Sign one token at a time, as where no multi-buffer library is installed.")
  var noMultiBuffer = false

  @Option(help: ArgumentHelp("Also write the results to a file, as JSON.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Also draw at most eight rows to a file, as SVG.", valueName: "file"))
  var svg: String?

  @Option(
    help: ArgumentHelp("Also compare the ratios with those of an earlier --json file.", valueName: "file"))
  var compare: String?

  @Option(
    help: ArgumentHelp(
      "By how much each ratio may fall. (default: Benchmarks/thresholds.json)", valueName: "file"))
  var thresholds: String?

  func validate() throws {
    guard (0.01...3600).contains(seconds) else {
      throw ValidationError("--seconds is from 0.01 to 3600, not \(seconds)")
    }
    guard !selection.isEmpty else {
      let names = Row.all.map(\.name).joined(separator: ", ")
      throw ValidationError("no row's name contains \(filter ?? ""); there are \(names)")
    }
  }

  func run() throws {
    guard thresholds == nil || compare != nil else {
      throw ValidationError("--thresholds says what --compare puts up with; which file is to be compared?")
    }
    try Rerun.asReleaseBuild()
    if !noMultiBuffer { try Rerun.withMultiBufferLibrary() }
    // Read and opened before the minutes of measuring: what is wrong with a path is told at once. What was there before is
    // read first: it may be the same file.
    let earlier = try compare.map { path in
      (path, try EarlierResults(file: path), try Thresholds(file: thresholds))
    }
    let jsonFile = try json.map { path in try ResultFile(path) }
    let svgFile = try svg.map { path in try ResultFile(path) }
    let results = try measure()
    let machine = Machine.current(multiBuffer)
    let report = Report.json(results, on: machine)
    try jsonFile?.write(report)
    try svgFile?.write(Chart(results, on: machine).svg)
    guard let (path, file, thresholds) = earlier else { return }
    let later = try EarlierResults(parsing: report)
    let changes = RatioChanges(from: file.filtered(selection.contains), to: later, thresholds)
    try Regression(changes: changes, path: path).tell()
  }

  var multiBuffer: MultiBufferSigner { noMultiBuffer ? .off : .shared }

  private var selection: Selection { Selection(filter: filter, threads: threads) }

  private func measure() throws -> [RowResult] {
    let (rows, peerRows, duration) = (selection.rows, selection.peerRows, Duration.seconds(seconds))
    let table = Table()
    let progress = Progress(rows: rows.map(\.row.name) + peerRows.map(\.label), estimate: duration * 1.5)
    table.print(note: "Multi-buffer: \(multiBuffer)")
    table.printHeader()
    let results = try rows.map { row, threads in
      let result = try progress.showing(row.name) {
        try row.measure(for: duration, threads: threads, multiBuffer)
      }
      table.print(result)
      return result
    }
    if results.contains(where: { $0.latency != nil }) {
      table.print(note: "Reading the clock is \(try Measurement.clockCost()) ns of p50 and p99.")
    }
    return results + (try PeerRow.measure(peerRows, for: duration, table, progress))
  }
}

/// Which rows are measured, and on how many threads each.
struct Selection {
  /// Texts with commas between them; a row's name has to contain one of them.
  let filter: String?
  let threads: ThreadCounts?

  func contains(_ key: RowKey) -> Bool {
    let isNamed = filter.map { $0.split(separator: ",").contains { key.name.contains($0) } } ?? true
    return isNamed && threads?.counts.contains(key.threads) ?? true
  }

  var rows: [(row: Row, threads: Int)] {
    Row.all.flatMap { row in counts(row).map { (row, $0) } }.filter {
      contains(RowKey($0.row.name, threads: $0.threads))
    }
  }

  var peerRows: [PeerRow] { PeerRow.all.filter { contains(RowKey($0.name)) } }

  var isEmpty: Bool { rows.isEmpty && peerRows.isEmpty }

  private func counts(_ row: Row) -> [Int] {
    if let threads { return threads.counts }
    return row.isOnAllCores && ThreadCounts.allCores > 1 ? [1, ThreadCounts.allCores] : [1]
  }
}

/// `--threads`: numbers of threads, with `all` for one on each core.
struct ThreadCounts: ExpressibleByArgument {
  let counts: [Int]

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { word in
      word == "all" ? Self.allCores : Int(word)
    }
    let known = numbers.compactMap(\.self).filter { (1...1024).contains($0) }
    guard known.count == numbers.count else { return nil }
    counts = Set(known).sorted()
  }

  static var allCores: Int { ProcessInfo.processInfo.activeProcessorCount }
}
