#if Server
import Foundation
import TestSupport
import Testing

@testable import IDTokenServer

/// `idtoken serve` as a process of its own.
final class IssuerProcess: @unchecked Sendable {
  let port: Int
  /// What it has printed until it listened.
  let greeting: String
  private let process: Process

  /// Returns once it listens.
  ///
  /// - Parameter openFiles: how many files it may have open; `nil` leaves it as it is.
  init(_ directory: String, port: Int, openFiles: Int? = nil, _ arguments: String...) throws {
    self.port = port
    process = Process()
    let limit = openFiles.map { "ulimit -n \($0); " } ?? ""
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments =
      ["-c", limit + "exec \"$0\" \"$@\"", "\(ChildProcess.products)/idtoken"]
      + ["serve", "--demo", directory, "--port", "\(port)", "--issuer", "https://id.example.com"]
      + (arguments.contains("--operator-listen") ? [] : ["--operator-listen", "127.0.0.1:0"]) + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var text = ""
    while !text.contains("ready on") {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      text += String(decoding: data, as: UTF8.self)
    }
    greeting = text
    try #require(text.contains("ready on"))
  }

  deinit { process.terminate() }

  func terminate() { process.terminate() }

  func kill() { _ = systemKill(process.processIdentifier) }

  /// Its exit status; the signal's number where one has ended it.
  func status() async -> Int32 {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { [process] in
        process.waitUntilExit()
        continuation.resume(returning: process.terminationStatus)
      }
    }
  }

  #if os(Linux)
  /// The memory that it has, from /proc.
  func residentKilobytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(Int(line.split(separator: " ").dropFirst().first ?? ""))
  }
  #endif

  /// A port that was free a moment ago.
  static func freePort() throws -> Int {
    let port = Int.random(in: 20_000..<32_000)
    return (try? RawConnection(port: port)) == nil ? port : try freePort()
  }
}
#endif
