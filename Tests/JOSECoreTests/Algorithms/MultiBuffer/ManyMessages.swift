import Foundation

/// How much is signed where chance has a part in the result.
enum ManyMessages {
  /// Fewer in every run than the million of `MULTI_BUFFER_SIGNATURES=1000000`, which takes four minutes of a core.
  static let count =
    ProcessInfo.processInfo.environment["MULTI_BUFFER_SIGNATURES"].flatMap { Int($0) } ?? 100_000
}
