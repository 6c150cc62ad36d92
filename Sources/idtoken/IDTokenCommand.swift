import ArgumentParser
import SystemSupport

@main
struct IDTokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "idtoken",
    abstract: "Issue and verify OpenID Connect ID tokens as a point of sale does.",
    discussion: """
      EXAMPLES
        idtoken demo
        idtoken keys init
        openssl rand -hex 32 > app.secret && chmod 600 app.secret
        idtoken mint --shop snow-devil.myshopify.com --user 42 \\
          --client-id my-app --client-secret-file app.secret > token
        idtoken verify --client-id my-app \\
          --client-secret-file app.secret - < token

      EXIT STATUS
        0   done
        1   refused: a token does not verify, a rotation is too early
        64  wrong usage: an option or its value
        69  the command is not in this build; the error says how to build it
        70  a fault in this program
        73  the ring exists already
        74  a file or stream can't be read or written
        77  a file's permissions are wrong
        78  a ring, key, secret or settings file can't be used

      Results go to standard output, errors to standard error. Colour is used on a terminal only; NO_COLOR turns it off.
      """,
    version: PackageVersion.current,
    subcommands: [
      DemoCommand.self, KeysCommand.self, PolicyCommand.self, SimulateCommand.self, JWKSCommand.self,
      MintCommand.self, VerifyCommand.self, InspectCommand.self, DoctorCommand.self,
    ] + traitCommands)

  private static var traitCommands: [any ParsableCommand.Type] {
    var commands: [any ParsableCommand.Type] = []
    #if Server
    commands += [ServeCommand.self, HostsCommand.self]
    #else
    commands += [UnavailableCommand<ServeFeature>.self, UnavailableCommand<HostsFeature>.self]
    #endif
    #if JavaScript
    commands += [POSCommand.self]
    #else
    commands += [UnavailableCommand<POSFeature>.self]
    #endif
    return commands
  }

  /// Runs the command line. Errors go to standard error, with an exit status that says what kind they are.
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
      Output.note("\(error)")
      exit(withError: ExitCode(status.rawValue))
    }
  }
}
