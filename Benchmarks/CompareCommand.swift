import ArgumentParser
import BenchmarkResults
import Foundation

/// Two files, without measuring.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare the ratios of two --json files.",
    discussion: "Ends with status \(Regression.status) where a ratio fell by more than its threshold.")

  @Argument(help: "The earlier file.") var was: String
  @Argument(help: "The later file.") var `is`: String
  @OptionGroup var options: ThresholdOptions

  func run() throws {
    let (earlier, later) = (try EarlierResults(file: was), try EarlierResults(file: `is`))
    try Regression(RatioChanges(from: earlier, to: later, try options.read()), since: was).tell()
  }
}

struct ThresholdOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "By how much each ratio may fall. (default: Benchmarks/thresholds.json)", valueName: "file"))
  var thresholds: String?

  func read() throws -> Thresholds {
    let standard = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "thresholds.json")
    let path = thresholds ?? standard.path
    return try reading(path, "Give a file of thresholds with --thresholds.") { text throws(FormatError) in
      try Thresholds(parsing: text)
    }
  }
}

extension EarlierResults {
  init(file path: String) throws {
    self = try reading(path, "Give a file that --json has written.") { text throws(FormatError) in
      try EarlierResults(parsing: text)
    }
  }
}

private func reading<Value>(
  _ path: String, _ remedy: String, _ parse: (String) throws(FormatError) -> Value
) throws -> Value {
  let data: Data
  do { data = try Data(contentsOf: URL(filePath: path)) } catch {
    let reason = error.localizedDescription
    throw BenchmarkError.unreadable(path, problem: reason, remedy: remedy)
  }
  do { return try parse(String(decoding: data, as: UTF8.self)) } catch {
    throw BenchmarkError.unreadable(path, problem: "\(error)", remedy: remedy)
  }
}
