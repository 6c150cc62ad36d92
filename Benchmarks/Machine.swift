import BareOpenSSL
import BenchmarkResults
import Foundation
import JOSECore

extension Machine {
  static func current(_ multiBuffer: MultiBufferSigner = .shared) -> Machine {
    Machine(
      cpu: processor(), cores: ProcessInfo.processInfo.activeProcessorCount,
      operatingSystem: ProcessInfo.processInfo.operatingSystemVersionString,
      openSSL: unsafe String(cString: bare_openssl_version()), multiBuffer: multiBuffer.description,
      swift: swiftVersion())
  }

  private static func processor() -> String? {
    #if os(Linux)
    value(of: "model name", in: try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))
    #else
    output(of: "sysctl", "-n", "machdep.cpu.brand_string")
    #endif
  }

  private static func swiftVersion() -> String? {
    output(of: "swift", "--version")?.split(separator: "\n").first.map(String.init)
  }

  /// The value of the first line `name : value`.
  private static func value(of name: String, in text: String?) -> String? {
    let line = text?.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
  }

  /// What a command prints, if it is there and succeeds.
  private static func output(of command: String...) -> String? {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil, let data = try? pipe.fileHandleForReading.readToEnd() else {
      return nil
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
