import ArgumentParser
import SystemSupport

@main
struct IDTokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "idtoken",
    abstract: "Issue and check OpenID Connect ID tokens as a point of sale does.",
    discussion: """
      Exit status: 0 done; 1 refused (a token that does not verify, a rotation that is too early); \
      64 wrong usage; 70 and up anything else.

      EXAMPLES
        idtoken demo
        idtoken keys init
        idtoken mint --shop snow-devil.myshopify.com --user 42 --client-id my-app --client-secret-file app.secret
        idtoken verify --client-id my-app --client-secret-file app.secret TOKEN
      """,
    version: "0.1.0",
    subcommands: [
      DemoCommand.self, KeysCommand.self, PolicyCommand.self, SimulateCommand.self, JWKSCommand.self,
      MintCommand.self, VerifyCommand.self, InspectCommand.self, DoctorCommand.self,
    ] + extensionCommands + serverCommands)

  #if JavaScript
  private static let extensionCommands: [any ParsableCommand.Type] = [POSCommand.self]
  #else
  private static let extensionCommands: [any ParsableCommand.Type] = []
  #endif

  #if Server
  private static let serverCommands: [any ParsableCommand.Type] = [ServeCommand.self, HostsCommand.self]
  #else
  private static let serverCommands: [any ParsableCommand.Type] = []
  #endif

  /// Runs the command line. Errors go to stderr, with an exit status that says what kind they are.
  static func main() async {
    ProcessEnvironment.ignoreBrokenPipes()
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let error {
      guard let status = ExitStatus(error) else { exit(withError: error) }
      try? StandardStream.error.write("idtoken: \(error)".visible + "\n")
      exit(withError: ExitCode(status.rawValue))
    }
  }
}
