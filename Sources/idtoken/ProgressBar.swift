import SystemSupport

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

  /// A bar that can't be shown is no reason to stop.
  private func write(_ text: String) { try? StandardStream.error.write(text) }
}
