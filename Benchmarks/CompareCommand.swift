import ArgumentParser
import BenchmarkResults
import Foundation

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
    let thresholds = try Thresholds(file: parent.thresholds)
    try Regression(changes: RatioChanges(from: earlier, to: later, thresholds), path: was).tell()
  }
}

/// A comparison for people, and an exit status for programs.
struct Regression {
  /// Neither 1, for what failed, nor 64, for a command line that isn't understood.
  static let status: Int32 = 3

  let changes: RatioChanges
  /// Of the earlier file.
  let path: String

  /// Ends with a status of its own where something was lost.
  func tell() throws {
    Terminal.show("\n" + Terminal.bold("Ratios since \(path)"))
    for difference in changes.differences {
      Terminal.show("another \(difference.name): was \(difference.was), is \(difference.is)")
    }
    Terminal.show(Terminal.bold(line("row", ["threads", "was", "is", "change", "allowed"])))
    for change in changes.changes { Terminal.show(line(change)) }
    for key in changes.gone { Terminal.show("not measured now: \(Self.text(key))") }
    for key in changes.new { Terminal.show("not measured then: \(Self.text(key))") }
    guard !changes.losses.isEmpty else { return }
    Terminal.printError("Ratios that fell by more than allowed: \(changes.losses.count)")
    throw ExitCode(Self.status)
  }

  private func line(_ change: RatioChanges.Change) -> String {
    let text = line(
      change.key.label,
      [
        String(change.key.threads), String(format: "%.3f", change.was), String(format: "%.3f", change.is),
        String(format: "%+.1f %%", change.relative * 100),
        String(format: "-%.0f %%", change.allowedFall * 100),
      ])
    return change.isLoss ? Terminal.bold(text + "  fell") : text
  }

  private func line(_ name: String, _ cells: [String]) -> String {
    let width = max(3, changes.changes.map(\.key.label.count).max() ?? 0) + 1
    return Terminal.line(name, width: width, Array(zip(cells, [8, 10, 10, 11, 9])))
  }

  private static func text(_ key: RowKey) -> String {
    key.threads == 1 ? key.label : "\(key.label) on \(key.threads) threads"
  }
}
