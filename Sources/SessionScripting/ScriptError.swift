#if JavaScript
import JOSECore

/// Why an extension doesn't run, or doesn't run any more.
public enum ScriptError: Error, Sendable, Equatable {
  /// The script threw, as it started or later.
  case exception(ScriptException)
  /// The script kept the engine busy for longer than it may. It was ended, and its extension stopped.
  case timeLimit(Duration)
  /// The engine didn't answer in time: a script keeps it busy where no time limit reaches.
  case unresponsive(Duration)
  /// Nothing is registered for the target.
  case unknownTarget(String, registered: [String])
  /// The script imports a module that the host doesn't have.
  case unknownModule(String)
  /// Two APIs have the same name, or one has a name that is taken.
  case nameTaken(String)
  case closed
  /// The system has no thread for the engine.
  case noThread(String)
}

extension ScriptError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exception(let exception): exception.description
    case .timeLimit(let limit): "the extension ran for longer than \(limit) and was stopped"
    case .unresponsive(let limit): "the extension's engine has not answered for \(limit)"
    case .unknownTarget(let target, let registered):
      "the script registers nothing for \(target); it has \(registered.isEmpty ? "no target" : registered.joined(separator: ", "))"
    case .unknownModule(let module):
      "the script imports \(module.debugDescription), which no host has; bundle it into one file"
    case .nameTaken(let name): "an API can't be called \(name.debugDescription): the name is taken"
    case .closed: "the extension is closed"
    case .noThread(let reason): reason
    }
  }
}

/// What a script threw. A value that is no `Error` has its text for the message and nothing else.
public struct ScriptException: Error, Sendable, Hashable {
  /// Such as `TypeError`.
  public let name: String?
  public let message: String
  /// A frame a line, the innermost first.
  public let stack: String?
  public let file: String?
  /// From 1.
  public let line: Int?
}

extension ScriptException: CustomStringConvertible {
  /// `file:line: name: message`, as far as each is known.
  public var description: String {
    let index = file.map { file in line.map { "\(file):\($0): " } ?? "\(file): " } ?? ""
    return index + (name.map { "\($0): " } ?? "") + message
  }
}

extension ScriptException {
  init(message: String) {
    self.init(name: nil, message: message, stack: nil, file: nil, line: nil)
  }

  /// - Parameter json: what the prelude says of it; nothing if that failed too.
  init(json: String) {
    let object = try? JSONObject(parsing: Array(json.utf8).span, maximumLength: 1 << 20)
    func text(_ name: String) -> String? { object?[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    self.init(
      name: text("name"), message: object?["message"]?.string ?? "something that can't be described",
      stack: text("stack"), file: text("file"), line: text("line").flatMap { Int($0) })
  }

  func redacted(by redaction: Redaction) -> ScriptException {
    ScriptException(
      name: name.map(redaction.redacted), message: redaction.redacted(message),
      stack: stack.map(redaction.redacted), file: file, line: line)
  }
}
#endif
