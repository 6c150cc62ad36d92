#if JavaScript
import CJavaScriptCore

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
#endif
