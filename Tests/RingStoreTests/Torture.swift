import TestSupport

/// Runs `ring-torture`, which this build made.
enum Torture {
  static func run(_ arguments: String...) async throws -> ChildProcess.Outcome {
    try await ChildProcess.built("ring-torture", arguments).outcome()
  }
}

extension ChildProcess.Outcome {
  /// The epochs that the process has committed.
  var commits: [Int] {
    output.split(separator: "\n").filter { $0.hasPrefix("commit ") }
      .compactMap { Int($0.split(separator: " ")[1]) }
  }
}
