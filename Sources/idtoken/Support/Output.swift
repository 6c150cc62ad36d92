import JOSECore
import SystemSupport

/// What goes to standard output: text for people, in colour on a terminal only, or JSON for programs. All of it is
/// escaped first, so that nothing from a token or a file acts on the terminal.
enum Output {
  /// The parameter of ANSI's "select graphic rendition".
  enum Style: Int {
    case plain = 0
    case heading = 1
    case faint = 2
    case bad = 31
    case good = 32
  }

  static func line(_ text: String = "", _ style: Style = .plain) throws(FileError) {
    let text = text.visible
    let isPlain = style == .plain || !hasColour
    try StandardStream.output.write(isPlain ? text + "\n" : "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m\n")
  }

  static func heading(_ text: String) throws(FileError) { try line(text, .heading) }

  static func json(_ value: JSONValue) throws(FileError) { try line(value.text(indentation: 2)) }

  /// Columns as wide as their widest cell.
  static func table(_ rows: [[String]]) throws(FileError) {
    let rows = rows.map { $0.map(\.visible) }
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      var text = cells.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      try line(text)
    }
  }

  /// Tells a person something on standard error. That it can't be written is no reason to stop.
  static func note(_ text: String, from speaker: String = "idtoken") {
    try? StandardStream.error.write("\(speaker): \(text)".visible + "\n")
  }

  private static let hasColour =
    StandardStream.output.isTerminal && ProcessEnvironment["NO_COLOR"] == nil
    && ProcessEnvironment["TERM"] != "dumb"
}

/// How far a long command is, on standard error, and only if that is a terminal.
struct ProgressBar {
  private static let width = 40
  private let isShown = StandardStream.error.isTerminal && ProcessEnvironment["TERM"] != "dumb"
  private let hasColour = ProcessEnvironment["NO_COLOR"] == nil
  private var shown = -1

  /// - Parameter part: of the whole, from 0 to 1.
  mutating func show(_ part: Double) {
    let hundredths = Int(min(1, max(0, part)) * 100)
    guard isShown, hundredths != shown else { return }
    shown = hundredths
    let full = String(repeating: "━", count: Self.width * hundredths / 100)
    let rest = String(repeating: "╌", count: Self.width - full.count)
    let bar = hasColour ? "\u{1b}[32m\(full)\u{1b}[2;39m\(rest)\u{1b}[0m" : full + rest
    write("\r\(bar) \(hundredths) %")
  }

  /// Takes the bar away, so that the result stands alone.
  func clear() { if isShown, shown >= 0 { write("\r\u{1b}[2K") } }

  private func write(_ text: String) { try? StandardStream.error.write(text) }
}
