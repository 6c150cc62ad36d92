import ArgumentParser
import IDTokens
import JOSECore
import SystemSupport

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verify a token as a backend does, and print its claims.",
    discussion: """
      Checks the signature, exp, nbf and iat, aud against --client-id, and iss against --issuer. By secret the token must \
      also have jti and sid, and its iss must be dest followed by /admin. Without --client-id the audience is not checked, \
      and with --jwks and no --issuer the issuer is not: a note on standard error says so.

      A token that does not verify is refused (exit status 1), with the reason on standard error.

      EXAMPLES
        idtoken verify --client-id my-app \\
          --client-secret-file app.secret - < token
        idtoken verify --client-id my-app --client-secret-file app.secret \\
          --client-secret-file previous.secret - < token
        idtoken verify --client-id my-app --jwks jwks.json \\
          --issuer https://id.example.com - < token
      """)

  @Option(name: .customLong("client-id"), help: "Client ID of the app that the token must be for (aud).")
  var clientID: String?
  @Option(
    name: .customLong("client-secret-file"),
    help: "File with the app's client secret (mode 0600); repeat it for the previous one.")
  var secretFiles: [String] = []
  @Option(help: "File with the issuer's JWK Set, as 'idtoken jwks' prints it.") var jwks: String?
  @Option(help: "URL of the issuer that the token must be from (iss).") var issuer: String?
  @Option(help: "Seconds that the issuer's clock may differ from this one's.") var leeway: Int64 = 10
  @OptionGroup var time: TimeOptions
  @Flag(name: .customLong("json"), help: "Print a refusal as JSON, on standard error.") var isJSON = false
  @OptionGroup var token: TokenArgument

  func validate() throws {
    guard secretFiles.isEmpty != (jwks == nil) else {
      throw ValidationError("Pass either --client-secret-file (Shopify profile) or --jwks (OpenID profile).")
    }
    guard leeway >= 0 else { throw ValidationError("--leeway is \(leeway). Pass 0 or more.") }
  }

  func run() throws {
    let verifier = try verifier()
    let token = try token.read()
    let claims: IDTokenClaims
    do throws(VerificationError) { claims = try verifier.verify(token, at: time.now) } catch {
      guard isJSON else { throw error }
      let report: JSONValue = ["error": .string(error.code), "error_description": .string(error.description)]
      try StandardStream.error.write("\(report)".visible + "\n")
      throw ExitCode(ExitStatus.refused.rawValue)
    }
    if clientID == nil { Output.note("aud is not checked; pass --client-id to check it") }
    if issuer == nil, jwks != nil { Output.note("iss is not checked; pass --issuer to check it") }
    try Output.json(.object(claims.all))
  }

  private func verifier() throws -> TokenVerifier<VerificationKeys> {
    let keys =
      if let jwks {
        VerificationKeys(try keySet(jwks))
      } else {
        VerificationKeys(secrets: try secretFiles.map { try ClientSecret(contentsOf: $0) })
      }
    var verifier = TokenVerifier(
      keys, audience: clientID.map { ExpectedAudience($0) } ?? .unchecked,
      issuer: issuer.map { ExpectedIssuer($0) } ?? (jwks == nil ? .anyShop : .unchecked))
    verifier.leeway = .seconds(leeway)
    return verifier
  }

  private func keySet(_ path: String) throws -> JWKSet {
    let bytes = try POSIXFileSystem().contents(of: path, limit: 1 << 20).bytes
    do { return try JWKSet(parsing: bytes.span) } catch {
      throw CommandError(.configuration, "\(path) is not a JWK Set: \(error)")
    }
  }
}
