#if JavaScript
import CJavaScriptCore
import JOSECore
import SessionHost

/// The world of one extension: a global object with what the prelude puts there. Is used and released by one thread.
final class Realm {
  private let context: ScriptContext
  private let timeLimit: Duration
  private let state: SessionState
  private var entry: [String: ScriptValue] = [:]
  private var native: ScriptValue?
  private var calls: [Int: Deferred] = [:]
  private var lastCall = 0
  private var requests: [Request] = []

  /// More calls than this without an answer, or more requests from one run of a script, is no extension that means well.
  static let callLimit = 16_384
  static let requestLimit = 100_000

  init(_ plan: ExtensionHost) throws(ScriptError) {
    (timeLimit, state) = (plan.timeLimit, SessionState(plan.session))
    context = ScriptContext(timeLimit: timeLimit)
    guard let native = NativeFunction.make(in: context, for: self) else {
      throw .exception(ScriptException(message: "the engine has no room for a function"))
    }
    self.native = native
    try entering { () throws(Thrown) in try begin(native, setup: plan.setup) }
  }

  deinit {
    // A script can be over without being at rest: what is left of it must find nobody here.
    if let native { NativeFunction.detach(native) }
  }

  private func begin(_ native: ScriptValue, setup: JSONValue) throws(Thrown) {
    guard let make = try context.evaluate(Prelude.source, file: "prelude.js"),
      let setup = context.value(json: setup.text()), let object = try make.call([native, setup])
    else { return }
    for name in Prelude.entries { entry[name] = object.member(name) }
    if let rejected = entry["rejected"] {
      _ = unsafe CJSGlobalContextSetUnhandledRejectionCallback(context.reference, rejected.reference)
    }
  }

  var hasTimeLimit: Bool { context.hasTimeLimit }

  /// What has been asked since this was last taken.
  func takeRequests() -> [Request] {
    defer { requests = [] }
    return requests
  }
}

extension Realm {
  func evaluate(_ script: String, file: String) throws(ScriptError) {
    let script = ModuleText.isNeeded(script, in: context) ? try ModuleText(script).script : script
    try entering { () throws(Thrown) in _ = try context.evaluate(script, file: file) }
  }

  /// Starts what is registered for a target; nobody's is the first that is.
  ///
  /// - Returns: what there is, where that isn't.
  func open(_ target: String?) throws(ScriptError) -> [String]? {
    let json = try enter("open", [target.map(context.value) ?? context.undefined])
    guard let json, let names = try? JSONValue(parsing: json).array else { return nil }
    return names.compactMap(\.string)
  }

  func settle(_ call: Int, _ outcome: Outcome) throws(ScriptError) {
    guard let deferred = calls.removeValue(forKey: call) else { return }
    try entering { () throws(Thrown) in
      switch outcome {
      case .undefined: try deferred.fulfil(context.undefined)
      case .text(let text): try deferred.fulfil(context.value(text))
      case .json(let json): try deferred.fulfil(context.value(json: json) ?? context.undefined)
      case .failure(let message): try deferred.fail(error(message))
      }
    }
  }

  private func error(_ message: String) throws(Thrown) -> ScriptValue {
    try entry["makeError"]?.call([context.value(message)]) ?? context.undefined
  }

  func fire(_ timer: Int) throws(ScriptError) { _ = try enter("fire", [context.value(Double(timer))]) }

  func tellSubscribers() throws(ScriptError) { _ = try enter("tellSubscribers") }

  /// Calls the function that a component was given as a prop.
  func act(_ path: [Int], _ name: String, _ arguments: [JSONValue]) throws(ScriptError) {
    let path = JSONValue.array(path.map { .integer(Int64($0)) }).text()
    let arguments = JSONValue.array(arguments).text()
    _ = try enter("act", [path, name, arguments].map(context.value))
  }

  /// The tree of components, as JSON.
  func tree() throws(ScriptError) -> String? { try enter("tree") }
}

extension Realm {
  /// Calls an entry of the prelude, and takes a text from it.
  private func enter(_ name: String, _ arguments: [ScriptValue] = []) throws(ScriptError) -> String? {
    try entering { () throws(Thrown) in try entry[name]?.call(arguments)?.text }
  }

  /// Every way into the engine: says in our words what went wrong there.
  private func entering<Result>(_ work: () throws(Thrown) -> Result) throws(ScriptError) -> Result {
    let result: Result
    do throws(Thrown) {
      result = try work()
    } catch {
      // Asked first: what a script is ended with is no error of its own.
      if context.wasTerminated() { throw .timeLimit(timeLimit) }
      throw .exception(exception(error.value))
    }
    if context.wasTerminated() { throw .timeLimit(timeLimit) }
    return result
  }

  private func exception(_ value: ScriptValue) -> ScriptException {
    // Both may be the extension's code, and run as long as any.
    defer { _ = context.wasTerminated() }
    if let json = try? entry["describe"]?.call([value])?.text { return ScriptException(json: json) }
    return ScriptException(message: value.member("message")?.text ?? "something that can't be described")
  }
}

extension Realm {
  func value(_ reference: JSValueRef) -> ScriptValue { unsafe ScriptValue(reference, in: context) }

  /// What the prelude asks through its one door.
  func answer(_ name: String, _ arguments: [ScriptValue]) -> ScriptValue {
    switch name {
    case "currentSession": return context.value(state.currentSession)
    case "staffMember": return state.staffMember.map(context.value) ?? context.undefined
    case "call": return call(arguments)
    default:
      if requests.count < Self.requestLimit, let request = Request(name, arguments) {
        requests.append(request)
      }
      return context.undefined
    }
  }

  private func call(_ arguments: [ScriptValue]) -> ScriptValue {
    guard let deferred = Deferred(in: context) else { return context.undefined }
    guard calls.count < Self.callLimit, let function = arguments.first?.number else {
      if let error = try? error("too many calls have no answer yet") { try? deferred.fail(error) }
      return deferred.promise
    }
    lastCall += 1
    calls[lastCall] = deferred
    requests.append(.call(lastCall, function: Int(function), arguments: arguments.dropFirst().first?.text))
    return deferred.promise
  }
}

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

/// What is evaluated in a realm before anything else: the JavaScript beside this file.
enum Prelude {
  static let source = """
    (function (native, setup) {
    'use strict';
    \(parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n"))
    return entry;
    })
    """

  private static let parts = [
    PackageResources.intrinsics_js, PackageResources.nodes_js, PackageResources.apis_js,
    PackageResources.globals_js,
  ]

  /// The members of `entry`, by which the host comes in.
  static let entries = [
    "open", "fire", "describe", "rejected", "parse", "makeError", "tree", "tellSubscribers", "act",
  ]
}
#endif
