#if JavaScript
/// What a script has asked of the host. It is done once the script has come to rest: nothing of the host's runs in the
/// midst of it.
enum Request {
  /// - Parameter arguments: JSON, an array.
  case call(Int, function: Int, arguments: String?)
  case timer(Int, delay: Duration)
  case noTimer(Int)
  case console(ConsoleMessage.Level, String)
  case error(ScriptException)
  /// The tree of components is another one.
  case changed
}

extension Request {
  /// - Parameter name: the prelude's; it gives numbers and texts where they belong.
  init?(_ name: String, _ arguments: [ScriptValue]) {
    let (numbers, texts) = (arguments.compactMap(\.number), arguments.compactMap(\.text))
    switch name {
    case "changed": self = .changed
    case "timer" where numbers.count == 2:
      self = .timer(Int(numbers[0]), delay: .milliseconds(min(numbers[1], 0x7fff_ffff)))
    case "noTimer" where numbers.count == 1: self = .noTimer(Int(numbers[0]))
    case "console" where texts.count == 2:
      let text = String(texts[1].prefix(ConsoleMessage.limit))
      self = .console(ConsoleMessage.Level(rawValue: texts[0]) ?? .log, text)
    case "error" where texts.count == 1: self = .error(ScriptException(json: texts[0]))
    default: return nil
    }
  }
}

/// The answer to a call.
enum Outcome: Sendable {
  case undefined
  case text(String)
  case json(String)
  case failure(String)
}
#endif
