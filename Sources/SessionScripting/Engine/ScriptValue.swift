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
#endif
