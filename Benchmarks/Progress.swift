/// Says on a terminal's stderr what is being measured, in one line that goes away again.
final class Progress {
  private let total: Int
  private var started = 0

  init(total: Int) { self.total = total }

  func showing<Result>(_ name: String, during work: () throws -> Result) rethrows -> Result {
    started += 1
    replaceLine("[\(started)/\(total)] \(name) …")
    defer { replaceLine("") }
    return try work()
  }

  private func replaceLine(_ text: String) {
    if Terminal.isError { Terminal.printError("\r\u{1B}[K" + text, terminator: "") }
  }
}
