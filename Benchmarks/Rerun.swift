import BareMultiBuffer
import Foundation

/// Runs the same command again where this process can't measure what it should. Each returns where there is nothing to do.
enum Rerun {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .path

  /// Measuring a debug build would measure the compiler's checks.
  static func asReleaseBuild() throws {
    #if DEBUG
    Terminal.printError(
      "This is a debug build, which measures nothing; building and running the release build.")
    var traits: [String] = []
    #if Peers
    traits.append("Peers")
    #endif
    #if JavaScript
    traits.append("JavaScript")
    #endif
    let options = traits.isEmpty ? [] : ["--traits", traits.joined(separator: ",")]
    try execute(
      "swift",
      ["swift", "run", "-c", "release", "--package-path", package] + options + ["Benchmarks"]
        + CommandLine.arguments.dropFirst())
    #endif
  }

  /// With the folder that Tests/multi-buffer-library has made, where the system has no such library. The loader reads
  /// its variable only at the start of a process.
  static func withMultiBufferLibrary() throws {
    #if os(Linux) && arch(x86_64)
    guard multi_buffer_open() == MULTI_BUFFER_NO_LIBRARY else { return }
    let fetched = "\(package)/.build/multi-buffer"
    let packages = (try? FileManager.default.contentsOfDirectory(atPath: fetched)) ?? []
    let newest = packages.filter { $0.hasPrefix("libcrypto-mb") }
      .max { $0.compare($1, options: .numeric) == .orderedAscending }
    guard let newest else {
      return Terminal.printError(
        "There is no multi-buffer library. This fetches it beside the build: \(package)/Tests/multi-buffer-library"
      )
    }
    let folder = "\(fetched)/\(newest)/usr/lib/x86_64-linux-gnu"
    let path = (ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "").split(separator: ":").map(
      String.init)
    // Else this process is the second one, and the loader has refused what is there.
    guard !path.contains(folder) else { return }
    unsafe setenv("LD_LIBRARY_PATH", ([folder] + path).joined(separator: ":"), 1)
    try execute("/proc/self/exe", CommandLine.arguments)
    #endif
  }

  /// The program takes this process over. Returns only by throwing.
  private static func execute(_ program: String, _ arguments: [String]) throws {
    var arguments = unsafe arguments.map { unsafe strdup($0) } + [nil]
    unsafe execvp(program, &arguments)
    throw BenchmarkError.system("run \(program)", errno)
  }
}
