#if JavaScript
import JOSECore
import SystemSupport
import SessionHost
import SessionScripting

/// The screen of a till with one extension on it.
final class POSScreen {
  private let till: POSTill
  private let host: ExtensionHost
  private let (file, script, target): (String, String, String?)
  private var running: RunningExtension?
  private var shown: [String]?

  init(_ till: POSTill, version: APIVersion, file: String, script: String, target: String?) {
    self.till = till
    (self.file, self.script, self.target) = (file, script, target)
    let toast = HostAPI(
      "toast",
      functions: [
        "show": { arguments in
          try? Output.line("toast: " + (arguments.first?.string ?? ""))
          return nil
        }
      ])
    host = ExtensionHost(
      session: till.controller.api(for: till.app, version: version), apis: [toast],
      console: { message in try? Output.line("console.\(message.level): \(message.text)") },
      onError: { error in Output.note("\(error)", from: "extension") })
  }

  /// Presents the extension anew.
  func open() async throws {
    await running?.close()
    shown = nil
    running = try await host.run(script, file: file, target: target)
    try await show()
  }

  func close() async {
    await running?.close()
    till.controller.close()
  }

  /// What a line asks for, if it asks for anything.
  func read(_ line: String) throws -> POSInstruction? {
    if line.allSatisfy(\.isWhitespace) { return nil }
    do { return try POSInstruction(line) } catch {
      try complain(error)
      return nil
    }
  }

  /// What can't be done is said on standard error: a person types another line.
  func perform(_ instruction: POSInstruction) async throws {
    do { try await attempt(instruction) } catch  where error is POSError || error is ScriptError {
      try complain(error)
    }
  }

  private func complain(_ error: any Error) throws {
    Output.note("\(error)")
  }

  private func attempt(_ instruction: POSInstruction) async throws {
    switch instruction {
    case .location(let id): till.controller.switchLocation(to: id)
    case .pin(let id): till.controller.pin(staffMember: id)
    case .unpin: till.controller.unpin()
    case .user(let user): till.controller.authenticate(user)
    case .forbid: try till.permit(false)
    case .permit: try till.permit(true)
    case .press(let title): try await press(title)
    case .open: return try await open()
    case .help: return try Output.line(POSInstruction.summary)
    case .show: shown = nil
    case .quit: break
    }
    try await show()
  }

  private func press(_ title: String) async throws {
    guard let running, let path = running.tree.value.path(toTitle: title) else {
      throw POSError(reason: "nothing that is shown has the title '\(title)' and can be pressed")
    }
    try await running.act("onPress", at: path)
  }

  /// What there is once the extension has its answers.
  private func show() async throws {
    guard let running else { return }
    try await running.settle()
    try Output.heading(till.summary)
    let lines = running.tree.value.lines
    if lines == shown {
      return try Output.line("  the extension shows what it showed before", .faint)
    }
    shown = lines
    for line in lines { try Output.line("  " + line) }
  }
}
#endif
