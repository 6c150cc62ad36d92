import ArgumentParser
import BenchmarkResults

/// Two files, without measuring.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare the ratios of two --json files.",
    discussion: """
      Takes --thresholds too, and ends with status \(Regression.status) where a ratio fell by more than its threshold.
      """)

  @Argument(help: "The earlier file.") var was: String
  @Argument(help: "The later file.") var `is`: String
  /// Which takes the option, wherever it stands on the command line.
  @ParentCommand var parent: BenchmarkCommand

  func run() throws {
    let (earlier, later) = (try EarlierResults(file: was), try EarlierResults(file: `is`))
    try Regression(RatioChanges(from: earlier, to: later, try parent.readThresholds()), since: was).tell()
  }
}
