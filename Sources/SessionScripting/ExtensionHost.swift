#if JavaScript
public import JOSECore
public import SessionHost

/// Runs an extension written in JavaScript against a session:
///
///     let running = try await ExtensionHost(session: controller.api(for: app)).run(script)
///
/// The extension has its session as `api.session`, handed to `extension(target, (root, api) => …)`, and as
/// `shopify.session`, with the fields of its API version. Each one has an engine and a thread of its own.
public struct ExtensionHost: Sendable {
  public let session: SessionAPI
  /// What the host has beside the session.
  public let apis: [HostAPI]
  /// How long a script may keep the engine busy at a time, in processor time. Where the engine can't end a script
  /// (`RunningExtension.hasTimeLimit`), it holds up its own extension and nothing else.
  public let timeLimit: Duration
  /// How long the host waits for the engine.
  public let deadline: Duration
  let clock: any Clock<Duration>
  let console: @Sendable (ConsoleMessage) -> Void
  let onError: @Sendable (ScriptError) -> Void

  /// - Parameters:
  ///   - clock: what measures the deadline, and the extension's timers.
  ///   - console: gets what the extension writes to `console`, in order.
  ///   - onError: told what goes wrong once it runs: what a timer or a subscriber throws, and each rejection that nothing
  ///     handles.
  public init(
    session: SessionAPI, apis: [HostAPI] = [], timeLimit: Duration = .seconds(1),
    deadline: Duration = .seconds(10), clock: any Clock<Duration> = ContinuousClock(),
    console: @escaping @Sendable (ConsoleMessage) -> Void = { _ in },
    onError: @escaping @Sendable (ScriptError) -> Void = { _ in }
  ) {
    (self.session, self.apis) = (session, apis)
    (self.timeLimit, self.deadline, self.clock) = (timeLimit, deadline, clock)
    (self.console, self.onError) = (console, onError)
  }

  /// Evaluates a script, and starts what it has registered.
  ///
  /// - Parameters:
  ///   - script: one file, as a bundler writes it.
  ///   - file: its name in errors.
  ///   - target: such as `pos.home.modal.render`; by default the first that the script registers. A script
  ///     that registers nothing has run when this returns.
  public func run(
    _ script: String, file: String = "extension.js", target: String? = nil
  ) async throws(ScriptError) -> RunningExtension {
    try checkNames()
    let machine = try VirtualMachine(self)
    let hasTimeLimit = try await waiting { () throws(ScriptError) in
      try await machine.start(script, file: file, target: target)
    }
    return RunningExtension(machine, self, hasTimeLimit: hasTimeLimit)
  }
}

extension ExtensionHost {
  /// The result of work on the engine's thread, which may never come back.
  func waiting<Result: Sendable>(
    _ work: @escaping @Sendable () async throws(ScriptError) -> Result
  ) async throws(ScriptError) -> Result {
    switch await Deadline(duration: deadline, clock: clock).run(work) {
    case .finished(.success(let result)): return result
    case .finished(.failure(let error as ScriptError)): throw error
    case .finished(.failure), .cancelled: throw .closed
    case .exceeded: throw .unresponsive(deadline)
    }
  }

  private func checkNames() throws(ScriptError) {
    var taken: Set = ["session", "extend"]
    for api in apis {
      guard taken.insert(api.name).inserted else { throw .nameTaken(api.name) }
      for name in api.functions.keys where api.values[name] != nil {
        throw .nameTaken("\(api.name).\(name)")
      }
    }
  }

  /// Each function of the APIs with its number: `getSessionToken` is 0.
  private var functions: [(api: String, name: String, function: HostAPI.Function)] {
    apis.flatMap { api in
      api.functions.sorted { $0.key < $1.key }.map { (api.name, $0.key, $0.value) }
    }
  }

  /// What the prelude makes the APIs of.
  var setup: JSONValue {
    var members = JSONObject()
    for api in apis { members[api.name] = ["values": .object(api.values), "functions": numbers(api.name)] }
    var setup: JSONObject = [
      "apis": .object(members), "hasStaffMember": .bool(session.staffMember != nil),
    ]
    setup["deviceId"] = session.deviceId.map(JSONValue.id)
    return .object(setup)
  }

  private func numbers(_ api: String) -> JSONValue {
    var numbers = JSONObject()
    for (index, function) in functions.enumerated() where function.api == api {
      numbers[function.name] = .integer(Int64(index + 1))
    }
    return .object(numbers)
  }

  /// Answers an extension's call.
  func outcome(of function: Int, _ arguments: String?, _ redaction: Redaction) async -> Outcome {
    do {
      guard function > 0 else { return try await token(redaction) }
      guard functions.indices.contains(function - 1) else { return .undefined }
      let arguments = try JSONValue(
        parsing: arguments ?? "[]", maximumLength: 1 << 20, maximumDepth: 64)
      let result = try await functions[function - 1].function(arguments.array ?? [])
      return result.map { .json($0.text()) } ?? .undefined
    } catch { return .failure("\(error)") }
  }

  private func token(_ redaction: Redaction) async throws(SessionError) -> Outcome {
    outcome(of: try await session.getSessionToken(), redaction)
  }

  /// The answer to `getSessionToken()`, if there is one without waiting.
  func immediateToken(_ redaction: Redaction) -> Outcome? {
    session.immediateToken().map { outcome(of: $0, redaction) }
  }

  private func outcome(of token: String?, _ redaction: Redaction) -> Outcome {
    guard let token else { return .undefined }
    redaction.remember(token)
    return .text(token)
  }
}

/// An API of the host's beside `session`, such as `api.toast`, which is also `shopify.toast`.
///
/// What an extension gets is frozen. Values and arguments are what JSON can say; a function's answer comes as a promise.
public struct HostAPI: Sendable {
  /// The arguments of a call; its result, or nothing. What it throws rejects the promise with an `Error` that has its
  /// description for the message.
  public typealias Function = @Sendable ([JSONValue]) async throws -> JSONValue?

  public let name: String
  public let values: JSONObject
  public let functions: [String: Function]

  /// - Parameters:
  ///   - values: what can be read, such as `"available": true`. The same for as long as an extension runs.
  ///   - functions: what can be called.
  public init(_ name: String, values: JSONObject = [:], functions: [String: Function] = [:]) {
    (self.name, self.values, self.functions) = (name, values, functions)
  }
}

/// What an extension writes to `console`. Session tokens are taken out of it, and what is beyond 65,536 characters.
public struct ConsoleMessage: Sendable, Hashable {
  public enum Level: String, Sendable { case debug, log, info, warn, error }

  public let level: Level
  public let text: String

  static let limit = 65_536
}
#endif
