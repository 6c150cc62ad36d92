import TestSupport

typealias Run = ChildProcess.Outcome

/// Runs the command that this build made.
func idtoken(_ arguments: String...) throws -> Run { try idtoken(arguments) }

func idtoken(_ arguments: [String], input: String = "", in directory: String? = nil) throws -> Run {
  try ChildProcess.built("idtoken", arguments, in: directory).run(input: input)
}

/// Runs a line of shell that finds this build's `idtoken`, for what only a shell does with a command's streams.
func shell(_ line: String) throws -> Run { try ChildProcess.shell(line).run() }

/// A directory of its own for each test, with a client secret in it.
final class Workspace {
  private let directory: TemporaryDirectory
  var path: String { directory.path }
  var secret: String { directory["app.secret"] }
  var ring: String { directory["keys/ring"] }

  init() throws {
    directory = try TemporaryDirectory()
    try write("a-client-secret-of-more-than-32-bytes\n", to: "app.secret", mode: 0o600)
  }

  func write(_ text: String, to name: String, mode: UInt32 = 0o644) throws {
    try directory.write(text, to: name, permissions: mode)
  }
}

let appOptions = ["--shop", "snow-devil.myshopify.com", "--user", "42", "--client-id", "my-app"]
