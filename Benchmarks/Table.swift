import Foundation

/// The results for people, row by row as they come.
struct Table {
  private let nameWidth =
    (Row.all.map(\.name.count) + PeerRow.all.map(\.label.count)).max().map { $0 + 2 } ?? 0

  func printHeader() {
    show(Terminal.bold(line("row", ["threads", "tokens/s", "limit/s", "ratio", "spread"])))
  }

  func print(_ result: RowResult) {
    let spread = result.ratioSpread
    show(
      line(
        result.label,
        [
          String(result.threads), result.tokensPerSecond.grouped, result.limitPerSecond.grouped,
          Self.ratio(result.ratio), "\(Self.ratio(spread.lowerBound))–\(Self.ratio(spread.upperBound))",
        ]))
  }

  private func line(_ name: String, _ cells: [String]) -> String {
    let widths = [7, 11, 11, 7, 13]
    let padded = zip(cells, widths).map { cell, width in
      String(repeating: " ", count: max(0, width - cell.count)) + cell
    }
    return name + String(repeating: " ", count: max(0, nameWidth - name.count)) + padded.joined()
  }

  /// What is to be known about the rows.
  func print(note: String) { show(note) }

  /// At once, even into a pipe: a row takes seconds.
  private func show(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

  private static func ratio(_ value: Double) -> String { String(format: "%.3f", value) }
}
