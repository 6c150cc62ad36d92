import ArgumentParser
import IDTokens
import JOSECore
import KeyRotation

struct JWKSCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jwks",
    abstract: "Print, export and confirm the JWK Set (RFC 7517) that verifies a ring's tokens.",
    discussion: """
      EXAMPLES
        idtoken jwks > jwks.json
        idtoken jwks export --output public --issuer https://id.example.com
      """,
    subcommands: [Print.self, Export.self, Confirm.self], defaultSubcommand: Print.self)

  struct Print: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the set. This is what 'idtoken jwks' does without a subcommand.",
      discussion: """
        EXAMPLES
          idtoken jwks > jwks.json
          idtoken jwks print --ring /var/lib/idtoken/ring
        """)

    @OptionGroup var ring: RingDirectoryOptions

    func run() async throws {
      try Output.json(.object(await KeyRing.open(ring.directory, role: .serves).jwkSet.json))
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the JWKS and the discovery document for a static host.",
      discussion: """
        Also writes publish.json, which lists the headers that each file needs. If the policy's publication is \
        "exported", the waiting period of a new key starts with 'idtoken jwks confirm'.

        EXAMPLES
          idtoken jwks export --output public --issuer https://id.example.com
          idtoken jwks confirm https://id.example.com/.well-known/jwks.json
        """)

    @OptionGroup var ring: RingOptions
    @Option(name: .customLong("output"), help: "Directory to write to; it is created if it is missing.")
    var directory: String
    @Option(name: .customLong("issuer"), help: "URL of the issuer; the files are served under it.")
    var issuer: String
    @Option(
      name: .customLong("confirm"),
      help: "URL of the public JWKS to confirm after writing, as 'idtoken jwks confirm' does (default: none)."
    )
    var confirmationURL: String?

    func run() async throws {
      let ring = try await KeyRing.open(ring.store(), role: .serves)
      let export = try StaticExport(
        ring.current, issuer: IssuerURL(issuer).text, at: WallClock.system.now)
      try export.write(to: directory)
      for file in export.files {
        try Output.line("\(directory)/\(file.path)  \(file.contentType)  \(file.cacheControl)")
      }
      guard let confirmationURL else { return }
      try await Confirmation(url: confirmationURL).run(ring)
    }
  }

  struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fetch the public JWKS and start the waiting period of the keys in it.",
      discussion: """
        Refused (exit status 1) if the public copy lacks a key of the ring: publish the export first.

        EXAMPLES
          idtoken jwks confirm https://id.example.com/.well-known/jwks.json
        """)

    @Argument(help: "URL of the public JWKS (http or https).") var url: String
    @OptionGroup var ring: RingOptions

    func run() async throws {
      try await Confirmation(url: url).run(KeyRing.open(ring.store(), role: .serves))
    }
  }
}
