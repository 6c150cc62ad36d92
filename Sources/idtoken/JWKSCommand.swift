import ArgumentParser
import JOSECore
import KeyRotation

struct JWKSCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jwks", abstract: "The ring's JWK Set (RFC 7517), which verifies its tokens.",
    discussion: """
      EXAMPLES
        idtoken jwks > jwks.json
        idtoken jwks export --output public --issuer https://id.example.com
      """,
    subcommands: [Print.self, ExportCommand.self, ConfirmCommand.self], defaultSubcommand: Print.self)

  struct Print: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the set (the default).",
      discussion: """
        EXAMPLES
          idtoken jwks > jwks.json
          idtoken jwks --ring /var/lib/idtoken/ring
        """)

    @Option(name: .customLong("ring"), help: "Directory of the key ring.")
    var directory = "Keys/ring"

    func run() async throws {
      try Output.json(.object(await KeyRing.open(directory, role: .serves).jwkSet.json))
    }
  }
}
