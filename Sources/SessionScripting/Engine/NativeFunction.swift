#if JavaScript
import CJavaScriptCore

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
#endif
