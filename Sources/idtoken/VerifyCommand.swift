import ArgumentParser
import IDTokens
import JOSECore
import SystemSupport

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verify a token as a backend does and print its claims.",
    discussion: """
      A token that does not verify is refused with exit status 1 and the reason on stderr.

      EXAMPLES
        idtoken verify --client-id my-app --client-secret-file app.secret TOKEN
        idtoken verify --client-id my-app --client-secret-file new.secret --client-secret-file old.secret TOKEN
        idtoken mint … | idtoken verify --jwks jwks.json --issuer https://id.example.com -
      """)

  @Option(name: .customLong("client-id"), help: "The app that the token must be for (aud).") var clientID:
    String?
  @Option(
    name: .customLong("client-secret-file"),
    help: "File with a client secret; repeat it for the previous one.")
  var secretFiles: [String] = []
  @Option(help: "File with the issuer's JWK Set.") var jwks: String?
  @Option(help: "What iss must be.") var issuer: String?
  @Option(help: "Seconds that clocks may differ.") var leeway: Int64 = 10
  @OptionGroup var time: TimeOptions
  @Flag(name: .customLong("json"), help: "Print a refusal as JSON too, on stderr.") var isJSON = false
  @OptionGroup var token: TokenArgument

  func validate() throws {
    guard secretFiles.isEmpty != (jwks == nil) else {
      throw ValidationError("Give either --client-secret-file or --jwks.")
    }
    guard leeway >= 0 else { throw ValidationError("--leeway is 0 or more.") }
  }

  func run() throws {
    let verifier = try verifier()
    let token = try token.read()
    let claims: IDTokenClaims
    do throws(VerificationError) { claims = try verifier.verify(token, at: time.now) } catch {
      guard isJSON else { throw error }
      let report: JSONValue = ["error": .string(error.code), "error_description": .string(error.description)]
      try StandardStream.error.write("\(report)\n")
      throw ExitCode(ExitStatus.refused.rawValue)
    }
    try Output.json(.object(claims.all))
  }

  private func verifier() throws -> TokenVerifier<VerificationKeys> {
    let keys =
      if let jwks {
        VerificationKeys(try KeySetFile.read(jwks))
      } else {
        VerificationKeys(secrets: try secretFiles.map { try ClientSecret(contentsOf: $0) })
      }
    var verifier = TokenVerifier(
      keys, audience: clientID.map { ExpectedAudience($0) } ?? .unchecked,
      issuer: issuer.map { ExpectedIssuer($0) } ?? (jwks == nil ? .anyShop : .unchecked))
    verifier.leeway = .seconds(leeway)
    return verifier
  }
}

enum KeySetFile {
  static func read(_ path: String) throws -> JWKSet {
    let bytes = try POSIXFileSystem().contents(of: path, limit: 1 << 20).bytes
    do { return try JWKSet(parsing: bytes.span) } catch { throw KeySetFileError(path: path, cause: error) }
  }
}

struct KeySetFileError: Error, CustomStringConvertible {
  let path: String
  let cause: JWKError
  var description: String { "\(path) is no JWK Set: \(cause)" }
}
