import ArgumentParser
import BenchmarkResults
import Foundation

/// A comparison for people, and an exit status for programs.
struct Regression {
  /// Neither 1, for what failed, nor 64, for a command line that isn't understood.
  static let status: Int32 = 3

  private let changes: RatioChanges
  private let path: String

  init(_ changes: RatioChanges, since path: String) { (self.changes, self.path) = (changes, path) }

  /// Ends with a status of its own where something was lost.
  func tell() throws {
    print("")
    print(Terminal.bold("Ratios since \(path)"))
    for difference in changes.differences {
      print("another \(difference.name): was \(difference.was), is \(difference.is)")
    }
    print(Terminal.bold(line("row", ["threads", "was", "is", "change", "allowed"])))
    for change in changes.changes { print(line(change)) }
    for key in changes.gone { print("not measured now: \(Self.text(key))") }
    for key in changes.new { print("not measured then: \(Self.text(key))") }
    guard !changes.losses.isEmpty else { return }
    // Of a pipe, the table would come after the verdict otherwise.
    fflush(nil)
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
    let width = (changes.changes.map(\.key.label.count).max() ?? 0) + 1
    let padded = zip(cells, [8, 10, 10, 11, 9]).map { cell, width in
      String(repeating: " ", count: max(1, width - cell.count)) + cell
    }
    return name + String(repeating: " ", count: max(0, width - name.count)) + padded.joined()
  }

  private static func text(_ key: RowKey) -> String {
    key.threads == 1 ? key.label : "\(key.label) on \(key.threads) threads"
  }
}
