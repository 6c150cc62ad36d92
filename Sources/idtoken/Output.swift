import JOSECore
import SystemSupport

/// What goes to standard output: text for people, with colour on a terminal alone, or JSON for machines.
enum Output {
  static func line(_ text: String = "") throws(FileError) {
    try StandardStream.output.write(text.visible + "\n")
  }

  static func json(_ value: JSONValue) throws(FileError) { try line(value.text(indentation: 2)) }

  static func heading(_ text: String) throws(FileError) { try line(style(text, "1")) }

  static func good(_ text: String) -> String { style(text, "32") }

  static func bad(_ text: String) -> String { style(text, "31") }

  static func faint(_ text: String) -> String { style(text, "2") }

  /// Columns as wide as their widest cell.
  static func table(_ rows: [[String]]) throws(FileError) {
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

  private static func style(_ text: String, _ code: String) -> String {
    hasColour ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }

  private static let hasColour =
    StandardStream.output.isTerminal && ProcessEnvironment["NO_COLOR"] == nil
    && ProcessEnvironment["TERM"] != "dumb"
}
