import ArgumentParser
import JOSE
import JSON
import KeyRotation

struct JWKSCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jwks", abstract: "Print the ring's JWK Set (RFC 7517), which verifies its tokens.",
    discussion: """
      EXAMPLES
        idtoken jwks > jwks.json
        idtoken jwks --ring /var/lib/idtoken/ring
      """)

  @Option(name: .customLong("ring"), help: "Directory of the key ring.")
  var directory = "Keys/ring"

  func run() throws { try Output.json(.object(DirectoryStore(directory).load().jwks.json)) }
}
