#if JavaScript
import ArgumentParser
import IDTokens
import JOSECore
import KeyRotation
import SystemSupport
import SessionHost

#if Client
import IssuerClient
#endif

/// Where the tokens of `idtoken pos` come from.
struct POSTokenOptions: ParsableArguments {
  @Option(name: .customLong("client-id"), help: "The app that the extension belongs to.")
  var clientID = "loyalty-app"
  @Option(help: "File with the app's client secret: Shopify profile.") var clientSecretFile: String?
  @Option(name: .customLong("ring"), help: "Directory of a key ring: OpenID profile.") var directory: String?
  @Option(name: .customLong("alg"), help: "The ring's algorithm to sign with; RS256 if left out.")
  var algorithm: Algorithm?
  @Option(name: .customLong("issuer"), help: "URL of the issuer (iss), with a ring.") var issuerURL: String?
  #if Client
  @Option(help: "URL of an issuer to ask for tokens.") var remote: String?
  @Option(help: "File with the credential for it.") var credential: String?
  #endif

  func validate() throws {
    if directory != nil, clientSecretFile != nil {
      throw ValidationError(
        "Give --client-secret-file (Shopify profile) or --ring (OpenID profile), not both.")
    }
    guard (directory == nil) == (issuerURL == nil) else {
      throw ValidationError("--ring and --issuer go together.")
    }
    if directory == nil, algorithm != nil {
      throw ValidationError("The Shopify profile is HS256; --alg goes with --ring.")
    }
    #if Client
    guard (remote == nil) == (credential == nil) else {
      throw ValidationError("--remote and --credential go together.")
    }
    if remote != nil, directory != nil || clientSecretFile != nil {
      throw ValidationError("Tokens come from --remote or from this process, not both.")
    }
    #endif
  }

  /// - Parameter apps: gets the app, where tokens come from this process.
  func source(_ apps: InMemoryApps) async throws -> any SessionTokenSource {
    #if Client
    if let remote, let credential {
      return try RemoteTokenSource(
        issuer: EndpointURL(remote), credential: BearerCredential(contentsOf: credential))
    }
    #endif
    apps.register(try registration())
    return try await issuer(apps)
  }

  var isRemote: Bool {
    #if Client
    remote != nil
    #else
    false
    #endif
  }

  private func registration() throws -> AppRegistration {
    let clientID = try ClientID(clientID)
    if directory != nil {
      return try AppRegistration(clientID: clientID, signedResponseAlgorithm: algorithm ?? .rs256)
    }
    // The alphabet and length of a session ID suit a secret too.
    let secret =
      try clientSecretFile.map { try ClientSecret(contentsOf: $0) } ?? ClientSecret(SessionID.random().text)
    return try AppRegistration(clientID: clientID, secret: secret, signedResponseAlgorithm: .hs256)
  }

  private func issuer(_ apps: InMemoryApps) async throws -> SessionTokenIssuer {
    guard let directory, let issuerURL else { return SessionTokenIssuer(apps) }
    return SessionTokenIssuer(
      apps, url: try IssuerURL(issuerURL), ring: try await KeyRing.open(directory))
  }
}
#endif
