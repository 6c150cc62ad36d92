import ArgumentParser
import IDTokens
import JOSECore
import KeyRotation

struct MintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mint", abstract: "Mint ID tokens, one per line.",
    discussion: """
      With a client secret the tokens have the Shopify profile (HS256). With a ring and an issuer URL they have the OpenID \
      profile.

      EXAMPLES
        idtoken mint --shop snow-devil.myshopify.com --user 42 \\
          --client-id my-app --client-secret-file app.secret
        idtoken mint --shop snow-devil.myshopify.com --user 42 \\
          --client-id my-app --ring Keys/ring --alg ES256 \\
          --issuer https://id.example.com --claim locationId=7
      """)

  @Option(help: "Host name of the shop, such as snow-devil.myshopify.com (dest).") var shop: String
  @Option(help: "Number of the authenticated user (sub).") var user: String
  @Option(name: .customLong("client-id"), help: "Client ID of the app that the token is for (aud).")
  var clientID: String
  @OptionGroup var key: KeyOptions
  @Option(name: .customLong("session-id"), help: "ID of the session (sid; default: 64 random hex digits).")
  var sessionID: String?
  @Option(help: "Seconds until the token expires, from 1 to 86400.") var lifetime: Int64 = 60
  @OptionGroup var time: TimeOptions
  @Option(help: "Number of tokens to mint, each with a jti of its own.") var count = 1
  @Option(
    name: .customLong("claim"),
    help: "Additional claim, NAME=JSON, such as locationId=7; repeat it for several.",
    transform: { try ClaimArgument($0) })
  var claims: [ClaimArgument] = []
  @Flag(name: .customLong("json"), help: "Print a JSON object per line: token and expiresAt.")
  var isJSON = false

  func validate() throws {
    guard count >= 1 else { throw ValidationError("--count is \(count). Pass 1 or more.") }
    if let name = claims.map(\.name).firstRepeated {
      throw ValidationError("The claim \(name) is given twice.")
    }
    try key.validate()
  }

  func run() async throws {
    let issuer = try await key.issuer(ClientID(clientID), lifetime: .seconds(lifetime), time.clock)
    let session = try issuer.session(content())
    for _ in 0..<count {
      let token = try session.token()
      try Output.line(isJSON ? token.json.description : token.text)
    }
  }

  private func content() throws -> TokenContent {
    var additional = JSONObject()
    for claim in claims { additional[claim.name] = claim.value }
    return TokenContent(
      shop: try ShopDomain(shop), user: try UserID(user), clientID: try ClientID(clientID),
      sessionID: try sessionID.map { try SessionID($0) } ?? .random(), claims: additional)
  }
}

/// The signing key: a client secret, or a ring and the issuer's URL.
struct KeyOptions: ParsableArguments {
  @Option(help: "File with the app's client secret, for the Shopify profile (mode 0600).")
  var clientSecretFile: String?
  @Option(name: .customLong("ring"), help: "Directory of the key ring, for the OpenID profile.")
  var directory: String?
  @OptionGroup var passphrase: PassphraseOptions
  @Option(name: .customLong("alg"), help: "Algorithm of the ring to sign with (default: RS256).")
  var algorithm: Algorithm?
  @Option(name: .customLong("issuer"), help: "URL of the issuer (iss); required with --ring.")
  var issuerURL: String?

  func validate() throws {
    guard (clientSecretFile == nil) != (directory == nil) else {
      throw ValidationError("Pass either --client-secret-file (Shopify profile) or --ring (OpenID profile).")
    }
    if directory != nil, issuerURL == nil { throw ValidationError("Pass --issuer URL with --ring.") }
    guard clientSecretFile != nil else { return }
    if issuerURL != nil {
      throw ValidationError("In the Shopify profile the shop is the issuer: --issuer goes with --ring.")
    }
    if algorithm != nil { throw ValidationError("The Shopify profile uses HS256: --alg goes with --ring.") }
    if passphrase.passphraseFile != nil {
      throw ValidationError("A client secret has no passphrase: --passphrase-file goes with --ring.")
    }
  }

  func issuer(
    _ clientID: ClientID, lifetime: Duration, _ clock: WallClock
  ) async throws -> TokenIssuer {
    if let clientSecretFile {
      return .shopify(
        clientID: clientID, secret: try ClientSecret(contentsOf: clientSecretFile), lifetime: lifetime,
        clock: clock)
    }
    // Opening takes the pending steps, by the real time: without a rotator, that reserves time for the tokens to come.
    let opened = try await KeyRing.open(directory ?? "", passphrase: passphrase.read())
    let ring = KeyRing(opened.current, confirmedAt: clock.now)
    return TokenIssuer(
      url: try IssuerURL(issuerURL ?? ""), ring: ring, algorithm: algorithm ?? .rs256, lifetime: lifetime,
      clock: clock)
  }
}

extension IDToken {
  fileprivate var json: JSONValue {
    ["token": .string(text), "expiresAt": .integer(expiresAt.secondsSinceEpoch)]
  }
}
