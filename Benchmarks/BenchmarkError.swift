import Foundation

/// Why there is no result.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// - Parameter code: of the system, as `errno` has it.
  static func system(_ operation: String, _ code: Int32) -> BenchmarkError {
    unsafe BenchmarkError("can't \(operation): \(String(cString: strerror(code)))")
  }

  /// A loop produced something else than the token that was verified before it.
  static func unexpectedToken(length: Int, expected: Int) -> BenchmarkError {
    BenchmarkError("a token of \(length) bytes was minted; the one that verified has \(expected)")
  }
}
