import ArgumentParser
import IDTokens
import JOSECore
import KeyRotation

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write JWKS and discovery document for a static host.",
    discussion: """
      publish.json beside them says which headers each file needs. Where the policy's publication is "exported", a new
      key's waiting begins with 'idtoken jwks confirm'.

      EXAMPLES
        idtoken jwks export --output public --issuer https://id.example.com
        idtoken jwks confirm https://id.example.com/.well-known/jwks.json
      """)

  @OptionGroup var ring: RingOptions
  @Option(name: .customLong("output"), help: "Directory for the files.") var directory: String
  @Option(name: .customLong("issuer"), help: "URL of the issuer, under which the files will be.") var issuer:
    String
  @Option(
    name: .customLong("confirm"), help: "After writing, fetch the public copy from this URL and confirm it.")
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

struct ConfirmCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm",
    abstract: "Fetch the public JWKS and start the waiting of the keys that are in it.",
    discussion: """
      EXAMPLES
        idtoken jwks confirm https://id.example.com/.well-known/jwks.json
      """)

  @Argument(help: "URL of the public JWKS.") var url: String
  @OptionGroup var ring: RingOptions

  func run() async throws {
    try await Confirmation(url: url).run(KeyRing.open(ring.store(), role: .serves))
  }
}
