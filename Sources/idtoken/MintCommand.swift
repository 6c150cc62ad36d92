import ArgumentParser
import IDTokens
import JOSECore
import KeyRotation

struct MintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mint", abstract: "Mint ID tokens, one a line.",
    discussion: """
      With a client secret the token has the Shopify profile (HS256), with a ring the OpenID profile.

      EXAMPLES
        idtoken mint --shop snow-devil.myshopify.com --user 42 --client-id my-app --client-secret-file app.secret
        idtoken mint --shop snow-devil.myshopify.com --user 42 --client-id my-app \\
          --ring Keys/ring --alg ES256 --issuer https://id.example.com --claim 'locationId=7'
      """)

  @Option(help: "Host name of the shop, such as snow-devil.myshopify.com.") var shop: String
  @Option(help: "Number of the authenticated user.") var user: String
  @Option(name: .customLong("client-id"), help: "The app that the token is for.") var clientID: String
  @OptionGroup var key: KeyOptions
  @Option(name: .customLong("session-id"), help: "The session (sid); 64 random hex digits if left out.")
  var sessionID: String?
  @Option(help: "Seconds that the token is valid, 1 to 86400.") var lifetime: Int64 = 60
  @OptionGroup var time: TimeOptions
  @Option(help: "How many tokens to mint.") var count = 1
  @Option(name: .customLong("claim"), help: "A further claim, NAME=JSON; repeatable.")
  var claims: [ClaimArgument] = []
  @Flag(name: .customLong("json"), help: "Print one JSON object a line: token and expiresAt.") var isJSON =
    false

  func validate() throws {
    guard count >= 1 else { throw ValidationError("--count is 1 or more.") }
    if let name = claims.map(\.name).firstRepeated {
      throw ValidationError("the claim \(name) is given twice.")
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

/// What signs: a client secret, or a ring under an issuer's URL.
struct KeyOptions: ParsableArguments {
  @Option(help: "File with the app's client secret: Shopify profile.") var clientSecretFile: String?
  @Option(name: .customLong("ring"), help: "Directory of a key ring: OpenID profile.") var directory: String?
  @OptionGroup var passphrase: PassphraseOptions
  @Option(name: .customLong("alg"), help: "The ring's algorithm to sign with; RS256 if left out.")
  var algorithm: Algorithm?
  @Option(name: .customLong("issuer"), help: "URL of the issuer (iss), with a ring.") var issuerURL: String?

  func validate() throws {
    guard (clientSecretFile == nil) != (directory == nil) else {
      throw ValidationError("Give either --client-secret-file (Shopify profile) or --ring (OpenID profile).")
    }
    if directory != nil, issuerURL == nil { throw ValidationError("--ring needs --issuer URL.") }
    guard clientSecretFile != nil else { return }
    if issuerURL != nil {
      throw ValidationError("The Shopify profile has the shop for its issuer; --issuer goes with --ring.")
    }
    if algorithm != nil { throw ValidationError("The Shopify profile is HS256; --alg goes with --ring.") }
    if passphrase.passphraseFile != nil {
      throw ValidationError("A client secret has no passphrase; --passphrase-file goes with --ring.")
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
