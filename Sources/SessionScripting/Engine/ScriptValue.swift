#if JavaScript
import CJavaScriptCore

/// A value that the collector leaves alone for as long as this lives: it looks for values on the stack, and not where
/// Swift keeps what is in an array or an object.
@safe final class ScriptValue {
  let reference: JSValueRef
  private let context: ScriptContext

  init(_ reference: JSValueRef, in context: ScriptContext) {
    (unsafe self.reference, self.context) = (unsafe reference, context)
    unsafe JSValueProtect(context.reference, reference)
  }

  deinit { unsafe JSValueUnprotect(context.reference, reference) }

  /// Calls it, if it is a function.
  @discardableResult
  func call(_ arguments: [ScriptValue] = []) throws(Thrown) -> ScriptValue? {
    let references = unsafe arguments.map { unsafe Optional($0.reference) }
    return try unsafe context.catching { exception in
      unsafe JSObjectCallAsFunction(
        context.reference, reference, nil, references.count, references, exception)
    }
  }

  /// The text, if it is a string.
  var text: String? {
    guard unsafe JSValueIsString(context.reference, reference),
      let copy = unsafe JSValueToStringCopy(context.reference, reference, nil)
    else { return nil }
    return unsafe String(taking: copy)
  }

  /// The number, if it is one.
  var number: Double? {
    guard unsafe JSValueIsNumber(context.reference, reference) else { return nil }
    return unsafe JSValueToNumber(context.reference, reference, nil)
  }

  /// A member of an object of the host's own.
  func member(_ name: String) -> ScriptValue? {
    unsafe name.withScriptText { name in
      unsafe JSObjectGetProperty(context.reference, reference, name, nil).map {
        unsafe ScriptValue($0, in: context)
      }
    }
  }
}

extension String {
  /// Does work with the text as the engine has texts. A function, for an owner could be gone before its text is used.
  func withScriptText<Result, Failure: Error>(
    _ work: (JSStringRef) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // There always is one: an engine without memory ends the process.
    let text: JSStringRef = unsafe makeScriptText()
    defer { unsafe JSStringRelease(text) }
    return try unsafe work(text)
  }

  private func makeScriptText() -> JSStringRef {
    // As UTF-8 it needn't be taken apart, which costs more than a token; a NUL would end it.
    guard utf8.contains(0) else { return unsafe withCString { unsafe JSStringCreateWithUTF8CString($0) } }
    return unsafe Array(utf16).withUnsafeBufferPointer {
      unsafe JSStringCreateWithCharacters($0.baseAddress, $0.count)
    }
  }

  /// - Parameter text: is released.
  init(taking text: JSStringRef) {
    defer { unsafe JSStringRelease(text) }
    unsafe self.init(
      decoding: UnsafeBufferPointer(start: JSStringGetCharactersPtr(text), count: JSStringGetLength(text)),
      as: UTF16.self)
  }
}

/// The one function of ours that a realm has. The prelude alone knows it.
enum NativeFunction {
  /// - Returns: nothing where the engine has no room for one.
  static func make(in context: ScriptContext, for realm: Realm) -> ScriptValue? {
    var definition = unsafe JSClassDefinition()
    unsafe definition.callAsFunction = { _, function, _, count, arguments, _ in
      unsafe NativeFunction.called(function, UnsafeBufferPointer(start: arguments, count: count))
    }
    let scriptClass = unsafe JSClassCreate(&definition)
    defer { unsafe JSClassRelease(scriptClass) }
    let pointer = unsafe Unmanaged.passUnretained(realm).toOpaque()
    return unsafe JSObjectMake(context.reference, scriptClass, pointer).map {
      unsafe ScriptValue($0, in: context)
    }
  }

  /// From now on it does nothing.
  static func detach(_ function: ScriptValue) { unsafe JSObjectSetPrivate(function.reference, nil) }

  /// - Parameter arguments: the name of what is asked for, then what belongs to it.
  private static func called(
    _ function: JSObjectRef?, _ arguments: UnsafeBufferPointer<JSValueRef?>
  ) -> JSValueRef? {
    guard let pointer = unsafe JSObjectGetPrivate(function) else { return nil }
    let realm = unsafe Unmanaged<Realm>.fromOpaque(pointer).takeUnretainedValue()
    let values = unsafe arguments.compactMap { unsafe $0 }.map { unsafe realm.value($0) }
    guard let name = values.first?.text else { return nil }
    return unsafe realm.answer(name, Array(values.dropFirst())).reference
  }
}

/// A promise of the host's to an extension.
struct Deferred {
  /// The extension's end of it.
  let promise: ScriptValue
  private let resolve: ScriptValue
  private let reject: ScriptValue

  /// - Returns: nothing where the engine has no room for one.
  init?(in context: ScriptContext) {
    var resolve: JSObjectRef?
    var reject: JSObjectRef?
    let promise = unsafe JSObjectMakeDeferredPromise(context.reference, &resolve, &reject, nil)
    guard let promise = unsafe promise, let resolve = unsafe resolve, let reject = unsafe reject else {
      return nil
    }
    self.promise = unsafe ScriptValue(promise, in: context)
    self.resolve = unsafe ScriptValue(resolve, in: context)
    self.reject = unsafe ScriptValue(reject, in: context)
  }

  /// Keeps it. What waited for it has run when this returns.
  func fulfil(_ value: ScriptValue) throws(Thrown) { try resolve.call([value]) }

  func fail(_ error: ScriptValue) throws(Thrown) { try reject.call([error]) }
}
#endif
