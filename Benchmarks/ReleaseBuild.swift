import Foundation

/// Measuring a debug build would measure the compiler's checks, so a debug build hands over to a release build.
enum ReleaseBuild {
  static var isRunning: Bool {
    #if DEBUG
    false
    #else
    true
    #endif
  }

  /// Runs the same command in a release build; its exit code is this process's. Returns only by throwing.
  static func replaceThisProcess() throws {
    Terminal.printError(
      "This is a debug build, which measures nothing; building and running the release build.")
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let command = ["swift", "run", "-c", "release", "--package-path", package.path, "Benchmarks"]
    try execute(command + CommandLine.arguments.dropFirst())
  }

  private static func execute(_ command: [String]) throws {
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    unsafe execvp(command[0], &arguments)
    throw BenchmarkError.system("run swift", code: errno)
  }
}
