/// Standard input, a line at a time.
package enum StandardInput {
  /// Read by a thread of their own, for nothing else can go on in a thread that waits for a person.
  package static func lines() throws(ThreadError) -> AsyncStream<String> {
    let (lines, continuation) = AsyncStream.makeStream(of: String.self)
    try JobThread().run {
      while let line = readLine() { continuation.yield(line) }
      continuation.finish()
    }
    return lines
  }
}
