import TestSupport
import Testing

/// The `openssl` command in a directory of its own, removed with everything in it.
///
/// It is the second opinion on our key files. A machine without it fails the tests.
struct OpenSSLCommand {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func write(_ text: String, to name: String) throws { try directory.write(text, to: name) }

  func text(of name: String) throws -> String { try directory.text(of: name) }

  /// Runs it with arguments between spaces and returns what it wrote to standard output.
  @discardableResult
  func callAsFunction(_ arguments: String) throws -> String {
    let result = try run(arguments)
    try #require(result.status == 0, "openssl \(arguments): \(result.error)")
    return result.output
  }

  func run(_ arguments: String) throws -> ChildProcess.Outcome {
    try ChildProcess.installed(
      "openssl", arguments.split(separator: " ").map(String.init), in: directory.path
    ).run()
  }
}
