import Foundation
import Testing

/// The `openssl` command in a directory of its own, removed with everything in it.
///
/// It is the second opinion on our key files. A machine without it fails the tests.
struct OpenSSLCommand: ~Copyable {
  private let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "jwa-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: directory.appending(path: name))
  }

  func text(of name: String) throws -> String {
    try String(contentsOf: directory.appending(path: name), encoding: .utf8)
  }

  /// Runs it with arguments between spaces and returns what it wrote to standard output.
  @discardableResult
  func callAsFunction(_ arguments: String) throws -> String {
    let result = try run(arguments)
    try #require(result.status == 0, "openssl \(arguments): \(result.errors)")
    return result.output
  }

  func run(_ arguments: String) throws -> (status: Int32, output: String, errors: String) {
    // Files and not pipes: children of tests that run beside this one would inherit a pipe and keep it open.
    for name in ["output", "errors"] { try write("", to: name) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
    process.currentDirectoryURL = directory
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: directory.appending(path: "output"))
    process.standardError = try FileHandle(forWritingTo: directory.appending(path: "errors"))
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try text(of: "output"), try text(of: "errors"))
  }
}
