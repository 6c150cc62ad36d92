import Foundation

/// Runs `ring-torture`, which this build made.
enum Torture {
  struct Run {
    let status: Int32
    let output: String
    let error: String

    /// The epochs that the process has committed.
    var commits: [Int] {
      output.split(separator: "\n").filter { $0.hasPrefix("commit ") }
        .compactMap { Int($0.split(separator: " ")[1]) }
    }
  }

  static func run(_ arguments: String...) async throws -> Run {
    let process = Process()
    process.executableURL = products.appendingPathComponent("ring-torture")
    process.arguments = arguments
    let (output, error) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, error)
    let exit = AsyncStream.makeStream(of: Void.self)
    process.terminationHandler = { _ in exit.continuation.finish() }
    try process.run()
    let text = await read(output)
    let errorText = await read(error)
    for await _ in exit.stream {}
    return Run(status: process.terminationStatus, output: text, error: errorText)
  }

  /// On a thread that may wait, so that two processes run at once.
  private static func read(_ pipe: Pipe) async -> String {
    let handle = pipe.fileHandleForReading
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: String(decoding: handle.readDataToEndOfFile(), as: UTF8.self))
      }
    }
  }

  /// The tests' bundle lies beside the executables on macOS, and is one of them on Linux.
  private static let products: URL = {
    let bundle = Bundle(for: Anchor.self).bundleURL
    return bundle.pathExtension == "xctest" ? bundle.deletingLastPathComponent() : bundle
  }()

  private final class Anchor {}
}
