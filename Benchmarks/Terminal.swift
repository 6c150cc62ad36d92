import BenchmarkResults
import Foundation

/// What is a terminal, and what may be in colour.
enum Terminal {
  static let isError = isatty(STDERR_FILENO) == 1

  /// Colour on a terminal alone, and not where the user wants none (no-color.org).
  private static let hasColour =
    isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

  static func bold(_ text: String) -> String { style(text, "1") }
  static func dim(_ text: String) -> String { style(text, "2") }

  private static func style(_ text: String, _ code: String) -> String {
    hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  static func printError(_ text: String, terminator: String = "\n") {
    FileHandle.standardError.write(Data((text + terminator).utf8))
  }

  /// At once, even into a pipe: a row takes seconds.
  static func show(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

  /// A line of a table: a name to the left, and numbers to the right.
  static func line(_ name: String, width: Int, _ cells: [(text: String, width: Int)]) -> String {
    cells.reduce(name.padding(toLength: width, withPad: " ", startingAt: 0)) { line, cell in
      line + String(repeating: " ", count: max(1, cell.width - cell.text.count)) + cell.text
    }
  }
}

/// Says on stderr which row is measured and how long the rest takes: on a terminal in one line that goes away again,
/// elsewhere in a line every half a minute.
final class Progress {
  private static let pause = Duration.seconds(30)

  private let rows: [String]
  private let estimate: Duration
  private var next = 0
  private let start = ContinuousClock.now
  private var told = ContinuousClock.now

  /// - Parameter estimate: of each row, before one is measured.
  init(rows: [String], estimate: Duration) { (self.rows, self.estimate) = (rows, estimate) }

  func showing<Result>(_ name: String, during work: () throws -> Result) rethrows -> Result {
    // Rows of a library that isn't installed are left out.
    next = (rows[next...].firstIndex(of: name) ?? next) + 1
    let text = ProgressText.text(
      row: next, of: rows.count, after: start.duration(to: .now), estimate: estimate)
    if Terminal.isError {
      replaceLine("\(text): \(name)")
    } else if told.duration(to: .now) >= Self.pause {
      Terminal.printError(text)
      told = .now
    }
    defer { replaceLine("") }
    return try work()
  }

  private func replaceLine(_ text: String) {
    if Terminal.isError { Terminal.printError("\r\u{1B}[K" + text, terminator: "") }
  }
}
