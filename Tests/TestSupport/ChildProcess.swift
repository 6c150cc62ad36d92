import Foundation

/// A program that a test runs to its end.
package struct ChildProcess: Sendable {
  package struct Outcome: Sendable {
    package let status: Int32
    package let output: String
    package let error: String
  }

  /// The path of the program.
  package var executable: String
  package var arguments: [String]
  /// The working directory; `nil` is that of this build's programs. The tests' own is another one, soon removed, while
  /// DocumentationTests run snippets.
  package var directory: String?
  /// Added to the tests' own environment.
  package var environment: [String: String] = [:]

  /// A program that this build made.
  package static func built(
    _ name: String, _ arguments: [String], in directory: String? = nil
  ) -> ChildProcess {
    ChildProcess(executable: "\(products)/\(name)", arguments: arguments, directory: directory)
  }

  /// A program that the system has.
  package static func installed(
    _ name: String, _ arguments: [String], in directory: String? = nil
  ) -> ChildProcess {
    ChildProcess(executable: "/usr/bin/env", arguments: [name] + arguments, directory: directory)
  }

  /// A line of shell that finds this build's programs by name.
  package static func shell(_ line: String, in directory: String? = nil) -> ChildProcess {
    let path = "\(products):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
    return ChildProcess(
      executable: "/bin/bash", arguments: ["-c", line], directory: directory, environment: ["PATH": path])
  }

  package func run(input: String = "") throws -> Outcome {
    // Files and not pipes: children that other tests start at the same time would inherit a pipe and keep it open.
    let files = try TemporaryDirectory()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory ?? Self.products)
    if !environment.isEmpty {
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    }
    process.standardInput = try FileHandle(
      forReadingFrom: URL(fileURLWithPath: files.write(input, to: "input")))
    process.standardOutput = try FileHandle(
      forWritingTo: URL(fileURLWithPath: files.write("", to: "output")))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: files.write("", to: "error")))
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: try text(files["output"]),
      error: try text(files["error"]))
  }

  /// What can't be UTF-8 is replaced: a program may print anything.
  private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }

  /// The same on a thread of its own, for tests that do something else meanwhile.
  package func outcome(input: String = "") async throws -> Outcome {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try run(input: input) }) }
    }
  }

  /// Where the build puts its programs: the tests' bundle lies in there on macOS, and is it on Linux.
  package static let products: String = {
    let bundle = Bundle(for: Anchor.self).bundleURL
    return (bundle.pathExtension == "xctest" ? bundle.deletingLastPathComponent() : bundle).path
  }()

  private final class Anchor {}
}
