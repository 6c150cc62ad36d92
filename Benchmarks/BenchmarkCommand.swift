import ArgumentParser

@main
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Benchmarks",
    abstract: "Measures minting beside the bare OpenSSL operation on the same bytes.",
    discussion: """
      Both run in alternating slices of a tenth of a second; the ratio is the median over the pairs. Only ratios of \
      one run compare: absolute numbers drift with the machine.

      swift run Benchmarks
      swift run Benchmarks --filter HS256 --seconds 5
      swift run Benchmarks --json results.json --svg chart.svg
      """,
    subcommands: [LoopCommand.self, ScalingCommand.self, PeerSubjects.self, PeerCheck.self])

  @Option(help: ArgumentHelp("Measure the rows whose name contains this text.", valueName: "text"))
  var filter: String?

  @Option(help: "How long to measure each row.")
  var seconds: Double = 2

  @Option(help: ArgumentHelp("Also write the results to a file, as JSON.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Also draw the results to a file, as SVG.", valueName: "file"))
  var svg: String?

  func validate() throws {
    guard (0.01...3600).contains(seconds) else {
      throw ValidationError("--seconds is from 0.01 to 3600, not \(seconds)")
    }
    guard !rows.isEmpty || !peerRows.isEmpty else {
      let names = Row.all.map(\.name).joined(separator: ", ")
      throw ValidationError("no row's name contains \(filter ?? ""); there are \(names)")
    }
  }

  func run() throws {
    guard ReleaseBuild.isRunning else { return try ReleaseBuild.replaceThisProcess() }
    // Opened before the minutes of measuring: a path that can't be written is told at once.
    let jsonFile = try json.map { path in try ResultFile(path) }
    let svgFile = try svg.map { path in try ResultFile(path) }
    let results = try measure()
    let machine = Machine.current
    try jsonFile?.write(Report.json(results, on: machine))
    try svgFile?.write(Chart(results: results, machine: machine).svg)
  }

  private var rows: [Row] { Row.all.filter { row in filter.map(row.name.contains) ?? true } }

  private var peerRows: [PeerRow] { PeerRow.all.filter { row in filter.map(row.name.contains) ?? true } }

  private func measure() throws -> [RowResult] {
    let (table, progress) = (Table(), Progress(total: rows.count + peerRows.count))
    table.printHeader()
    let results = try rows.map { row in
      let result = try progress.showing(row.name) { try row.measure(for: .seconds(seconds)) }
      table.print(result)
      return result
    }
    return results + (try PeerRow.measure(peerRows, for: .seconds(seconds), table, progress))
  }
}
