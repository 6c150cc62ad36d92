#if JavaScript
import CJavaScriptCore

/// Owns a virtual machine with one global object. Is used and released by one thread.
@safe final class ScriptContext {
  let reference: JSGlobalContextRef
  private let group: JSContextGroupRef
  private let isTerminated: UnsafeMutablePointer<Bool>
  /// Whether a script that runs too long is ended: the engine promises no such thing.
  let hasTimeLimit: Bool

  private static let isPrepared: Void = CJSUsePollingTraps()

  init(timeLimit: Duration) {
    _ = Self.isPrepared
    unsafe group = JSContextGroupCreate()
    unsafe reference = JSGlobalContextCreateInGroup(group, nil)
    unsafe isTerminated = .allocate(capacity: 1)
    unsafe isTerminated.initialize(to: false)
    hasTimeLimit = unsafe CJSContextGroupSetExecutionTimeLimit(group, timeLimit.seconds, isTerminated)
  }

  deinit {
    unsafe JSGlobalContextRelease(reference)
    unsafe JSContextGroupRelease(group)
    unsafe isTerminated.deallocate()
  }

  /// Whether a script was ended since this was last asked.
  func wasTerminated() -> Bool {
    defer { unsafe isTerminated.pointee = false }
    return unsafe isTerminated.pointee
  }
}

extension ScriptContext {
  func evaluate(_ script: String, file: String) throws(Thrown) -> ScriptValue? {
    try unsafe catching { exception in
      unsafe script.withScriptText { script in
        unsafe file.withScriptText { file in
          unsafe JSEvaluateScript(reference, script, nil, file, 1, exception)
        }
      }
    }
  }

  func isScript(_ text: String) -> Bool {
    unsafe text.withScriptText { unsafe JSCheckScriptSyntax(reference, $0, nil, 1, nil) }
  }

  var undefined: ScriptValue { unsafe ScriptValue(JSValueMakeUndefined(reference), in: self) }

  func value(_ text: String) -> ScriptValue {
    unsafe text.withScriptText { unsafe ScriptValue(JSValueMakeString(reference, $0), in: self) }
  }

  func value(_ number: Double) -> ScriptValue {
    unsafe ScriptValue(JSValueMakeNumber(reference, number), in: self)
  }

  /// - Returns: nothing where that is no JSON.
  func value(json: String) -> ScriptValue? {
    unsafe json.withScriptText { text in
      unsafe JSValueMakeFromJSONString(reference, text).map { unsafe ScriptValue($0, in: self) }
    }
  }

  /// What `call` gives, and what it throws in the engine's way.
  func catching(_ call: (UnsafeMutablePointer<JSValueRef?>) -> JSValueRef?) throws(Thrown) -> ScriptValue? {
    var exception: JSValueRef?
    let result = unsafe call(&exception)
    if let exception = unsafe exception { throw Thrown(value: unsafe ScriptValue(exception, in: self)) }
    return unsafe result.map { unsafe ScriptValue($0, in: self) }
  }
}

/// What a script threw: any value at all.
struct Thrown: Error, @unchecked Sendable {
  /// Read by the thread that caught it, which is the engine's.
  let value: ScriptValue
}

extension Duration {
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
#endif
