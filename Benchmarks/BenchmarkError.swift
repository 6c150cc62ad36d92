import Foundation

/// Why there is no result.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// What the system says of what was tried last.
  static func system(_ operation: String) -> BenchmarkError {
    unsafe BenchmarkError("can't \(operation): \(String(cString: strerror(errno)))")
  }

  /// A loop produced something else than the token that was verified before it.
  static func unexpectedToken(length: Int, expected: Int) -> BenchmarkError {
    BenchmarkError("a token of \(length) bytes was minted; the one that verified has \(expected)")
  }
}
