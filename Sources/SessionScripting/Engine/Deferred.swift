#if JavaScript
import CJavaScriptCore

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
