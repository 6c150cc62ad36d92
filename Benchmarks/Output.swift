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

/// The results for people, row by row as they come.
struct Table {
  private let nameWidth =
    (Row.all.map(\.name.count) + PeerRow.all.map(\.label.count)).max().map { $0 + 1 } ?? 0

  func printHeader() {
    let columns = [
      "threads", "tokens/s", "limit/s", "ratio", "spread", "multi-buffer", "allocs", "p50", "p99",
    ]
    Terminal.show(Terminal.bold(line("row", columns)))
  }

  func print(_ result: RowResult) {
    let (rates, spread) = (result.rates, result.rates.ratioSpread)
    Terminal.show(
      line(
        result.key.label,
        [
          String(result.key.threads), rates.tokensPerSecond.grouped, rates.limitPerSecond.grouped,
          Self.ratio(rates.ratio), "\(Self.ratio(spread.lowerBound))–\(Self.ratio(spread.upperBound))",
          rates.multiBufferRatio.map(Self.ratio) ?? "–",
          result.allocationsPerToken.map { String(format: "%.1f", $0.rounded(places: 1) + 0) } ?? "–",
          result.latency.map { Self.time($0.p50) } ?? "–", result.latency.map { Self.time($0.p99) } ?? "–",
        ]))
    for note in notes(result) { Terminal.show(Terminal.dim("  " + note)) }
  }

  /// What is to be known about the rows.
  func print(note: String) { Terminal.show(note) }

  private func notes(_ result: RowResult) -> [String] {
    var notes = [result.note].compactMap(\.self)
    if let batch = result.rates.batchRatio { notes.append("\(Self.ratio(batch)) of a batch") }
    if let limit = result.limitLatency, let ratio = result.p50Ratio {
      notes.append(
        "one signature at a time: p50 \(Self.time(limit.p50)), p99 \(Self.time(limit.p99)); p50 is \(Self.ratio(ratio)) of that"
      )
    }
    return notes
  }

  private func line(_ name: String, _ cells: [String]) -> String {
    Terminal.line(name, width: nameWidth, Array(zip(cells, [8, 11, 11, 8, 14, 13, 7, 9, 9])))
  }

  private static func ratio(_ value: Double) -> String {
    value < 100 ? String(format: "%.3f", value) : value.grouped
  }

  private static func time(_ nanoseconds: UInt64) -> String {
    let value = Double(nanoseconds)
    return switch nanoseconds {
    case ..<1000: "\(nanoseconds) ns"
    case ..<1_000_000: String(format: "%.1f µs", value / 1000)
    case ..<1_000_000_000: String(format: "%.1f ms", value / 1_000_000)
    default: String(format: "%.1f s", value / 1_000_000_000)
    }
  }
}
