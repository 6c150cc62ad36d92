#if JavaScript
  import CJavaScriptCore

  extension String {
    /// Does work with the text as the engine has texts. A function, for an owner could be gone before its text is used.
    func withScriptText<Result, Failure: Error>(
      _ work: (JSStringRef) throws(Failure) -> Result
    ) throws(Failure) -> Result {
      let units = Array(utf16)
      // There always is one: an engine without memory ends the process.
      let text: JSStringRef = unsafe units.withUnsafeBufferPointer {
        unsafe JSStringCreateWithCharacters($0.baseAddress, $0.count)
      }
      defer { unsafe JSStringRelease(text) }
      return try unsafe work(text)
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
