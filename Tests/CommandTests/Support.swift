import Foundation
import Testing

/// What a run of `idtoken` left behind.
struct Run {
  let status: Int32
  let output: String
  let error: String
}

/// Runs the command that this build made.
func idtoken(_ arguments: String...) throws -> Run { try idtoken(arguments) }

func idtoken(_ arguments: [String], input: String = "", in directory: String? = nil) throws -> Run {
  try run(products.appendingPathComponent("idtoken"), arguments, input: input, in: directory)
}

/// Runs a line of shell that finds this build's `idtoken`, for what only a shell does with a command's streams.
func shell(_ line: String) throws -> Run {
  let path = "PATH='\(products.path)':$PATH"
  return try run(URL(fileURLWithPath: "/bin/sh"), ["-c", "\(path); \(line)"], input: "", in: nil)
}

private func run(_ executable: URL, _ arguments: [String], input: String, in directory: String?) throws -> Run
{
  let process = Process()
  process.executableURL = executable
  process.arguments = arguments
  if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
  let (standardInput, output, error) = (Pipe(), Pipe(), Pipe())
  (process.standardInput, process.standardOutput, process.standardError) = (standardInput, output, error)
  try process.run()
  standardInput.fileHandleForWriting.write(Data(input.utf8))
  try standardInput.fileHandleForWriting.close()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  let errorText = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return Run(status: process.terminationStatus, output: text, error: errorText)
}

/// Where the build put its executables: the tests' bundle lies in there on macOS, and is it on Linux.
private let products: URL = {
  let bundle = Bundle(for: Anchor.self).bundleURL
  return bundle.pathExtension == "xctest" ? bundle.deletingLastPathComponent() : bundle
}()

private final class Anchor {}

/// A directory of its own for each test, with a client secret in it.
final class Workspace {
  let path = NSTemporaryDirectory() + "idtoken-\(UUID().uuidString)"
  var secret: String { path + "/app.secret" }
  var ring: String { path + "/keys/ring" }

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write("a-client-secret-of-more-than-32-bytes\n", to: "app.secret", mode: 0o600)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String, mode: Int = 0o644) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
  }
}

let appOptions = ["--shop", "snow-devil.myshopify.com", "--user", "42", "--client-id", "my-app"]
