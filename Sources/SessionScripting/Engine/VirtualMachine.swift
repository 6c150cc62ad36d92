#if JavaScript
import JOSECore
import SessionHost
import Synchronization
import SystemSupport

/// One extension's engine, and the only one who touches it: what is isolated to this actor runs on the engine's thread.
actor VirtualMachine {
  nonisolated let tree = Broadcast<[ComponentNode]>([], keepsLatest: true)
  private nonisolated let stopped = Mutex<ScriptError?>(nil)
  private let thread: EngineThread
  private let host: ExtensionHost
  private let redaction = Redaction()
  private var realm: Realm?
  private var timers: [Int: Task<Void, Never>] = [:]
  private var staffMembers: Task<Void, Never>?
  /// Who was pinned when subscribers last heard of it.
  private var staffMember: StaffMember?
  private var isPublishing = false
  private var unanswered = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ host: ExtensionHost) throws(ScriptError) {
    self.host = host
    do throws(ThreadError) { thread = try EngineThread() } catch { throw .noThread("\(error)") }
  }

  /// On the engine's thread: that is where a realm has to be released.
  isolated deinit { stop(.closed) }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

  nonisolated var failure: ScriptError? { stopped.withLock { $0 } }

  /// - Returns: whether a script that runs too long is ended.
  func start(_ script: String, file: String, target: String?) throws(ScriptError) -> Bool {
    let realm = try Realm(host)
    self.realm = realm
    watchStaffMember()
    do throws(ScriptError) {
      try entering(realm) { realm throws(ScriptError) in try realm.evaluate(script, file: file) }
      let registered = try entering(realm) { realm throws(ScriptError) in try realm.open(target) }
      if let registered, let target { throw ScriptError.unknownTarget(target, registered: registered) }
    } catch {
      let error = error.redacted(by: redaction)
      stop(error)
      throw error
    }
    return realm.hasTimeLimit
  }

  func act(_ name: String, at path: [Int], _ arguments: [JSONValue]) throws(ScriptError) {
    guard let realm else { throw failure ?? .closed }
    try entering(realm) { realm throws(ScriptError) in try realm.act(path, name, arguments) }
  }

  /// Returns when subscribers have heard of the staff member of now, and no call waits for an answer.
  func settle() async throws(ScriptError) {
    tellSubscribers()
    if unanswered > 0, realm != nil { await withCheckedContinuation { waiting.append($0) } }
    if let failure { throw failure }
  }

  func close() { stop(.closed) }
}

extension VirtualMachine {
  /// Every way into the realm: what it asks for meanwhile is done after it.
  private func entering<Result>(
    _ realm: Realm, _ work: (Realm) throws(ScriptError) -> Result
  ) throws(ScriptError) -> Result {
    do throws(ScriptError) {
      let result = try work(realm)
      handle(realm.takeRequests())
      return result
    } catch {
      handle(realm.takeRequests())
      if case .timeLimit = error { stop(error) }
      throw error
    }
  }

  /// For what happens while nobody waits: what goes wrong is told.
  private func entering(_ work: (Realm) throws(ScriptError) -> Void) {
    guard let realm else { return }
    do throws(ScriptError) { try entering(realm, work) } catch {
      host.onError(error.redacted(by: redaction))
    }
  }

  private func handle(_ requests: [Request]) {
    var (isChanged, tokens): (Bool, [Int]) = (false, [])
    for request in requests {
      switch request {
      case .call(let number, 0, _): tokens.append(number)
      case .call(let number, let function, let arguments): call(number, function, arguments)
      case .timer(let number, let delay): wait(delay, for: number)
      case .noTimer(let number): timers.removeValue(forKey: number)?.cancel()
      case .console(let level, let text):
        host.console(ConsoleMessage(level: level, text: redaction.redacted(text)))
      case .error(let exception): host.onError(.exception(exception.redacted(by: redaction)))
      case .changed: isChanged = true
      }
    }
    if !tokens.isEmpty { answer(tokens) }
    if isChanged { publishTree() }
  }

  private func publishTree() {
    // A prop's `toJSON` is the extension's code, which may change the tree while it is read.
    guard !isPublishing else { return }
    isPublishing = true
    defer { isPublishing = false }
    entering { [tree] realm throws(ScriptError) in
      guard let json = try realm.tree() else { return }
      do throws(JOSEError) {
        let roots = try ComponentNode.roots(json)
        tree.update { _ in roots }
      } catch {
        throw .exception(ScriptException(message: "what the extension shows can't be read: \(error)"))
      }
    }
  }

  private func stop(_ error: ScriptError) {
    stopped.withLock { $0 = $0 ?? error }
    realm = nil
    for timer in timers.values { timer.cancel() }
    timers = [:]
    staffMembers?.cancel()
    for continuation in waiting { continuation.resume() }
    waiting = []
    tree.finish()
  }
}

extension VirtualMachine {
  private func call(_ number: Int, _ function: Int, _ arguments: String?) {
    unanswered += 1
    Task.detached { [weak self, host, redaction] in
      let outcome = await host.outcome(of: function, arguments, redaction)
      await self?.settle(number, outcome)
    }
  }

  /// Later, though there may be answers now: an extension that asks again with each answer would never come to rest.
  /// One task for all of them costs less than one for each.
  private func answer(_ calls: [Int]) {
    unanswered += calls.count
    Task.detached { [weak self] in await self?.settleTokens(calls) }
  }

  private func settleTokens(_ calls: [Int]) {
    for call in calls where realm != nil {
      if let token = host.immediateToken(redaction) {
        settle(call, token)
      } else {
        Task.detached { [weak self, host, redaction] in
          let outcome = await host.outcome(of: 0, nil, redaction)
          await self?.settle(call, outcome)
        }
      }
    }
  }

  private func settle(_ call: Int, _ outcome: Outcome) {
    entering { realm throws(ScriptError) in try realm.settle(call, outcome) }
    unanswered -= 1
    guard unanswered == 0 else { return }
    for continuation in waiting { continuation.resume() }
    waiting = []
  }

  private func wait(_ delay: Duration, for timer: Int) {
    timers[timer] = Task.detached { [weak self, clock = host.clock] in
      do { try await clock.sleep(for: delay) } catch { return }
      await self?.fire(timer)
    }
  }

  private func fire(_ timer: Int) {
    guard timers.removeValue(forKey: timer) != nil else { return }
    entering { realm throws(ScriptError) in try realm.fire(timer) }
  }

  private func watchStaffMember() {
    guard let observed = host.session.staffMember else { return }
    // Subscribed to before the script runs: what it reads first is the value of now, or one that it hears of.
    let values = observed.values
    staffMember = observed.value
    staffMembers = Task.detached { [weak self] in
      for await _ in values { await self?.tellSubscribers() }
    }
  }

  private func tellSubscribers() {
    guard let observed = host.session.staffMember, case let current = observed.value, current != staffMember
    else { return }
    staffMember = current
    entering { realm throws(ScriptError) in try realm.tellSubscribers() }
  }
}

extension ScriptError {
  fileprivate func redacted(by redaction: Redaction) -> ScriptError {
    if case .exception(let exception) = self { return .exception(exception.redacted(by: redaction)) }
    return self
  }
}

/// Where everything that touches JavaScriptCore runs: the compiler checks it, for what does is isolated to an actor
/// with this executor.
final class EngineThread: SerialExecutor {
  private let thread: JobThread

  init() throws(ThreadError) { thread = try JobThread() }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = unsafe asUnownedSerialExecutor()
    thread.run { unsafe job.runSynchronously(on: executor) }
  }
}
#endif
