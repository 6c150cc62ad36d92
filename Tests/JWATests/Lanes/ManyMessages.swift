import Foundation

/// How much is signed where chance has a part in the result.
enum ManyMessages {
  /// A million where `LANES_SIGNATURES` says so (`make torture-lanes`), and fewer in every run.
  static let count = ProcessInfo.processInfo.environment["LANES_SIGNATURES"].flatMap { Int($0) } ?? 100_000
}
