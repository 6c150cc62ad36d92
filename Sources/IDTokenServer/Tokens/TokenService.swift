#if Server
import IDTokens
import JOSECore
import KeyRotation
import Metrics
import NIOHTTP1
import SessionHost

/// Issues tokens to authenticated hosts: checks the host's shops and apps, then the user's permission, then mints.
final class TokenService: Sendable {
  private let issuer: SessionTokenIssuer
  private let sessionIDs: SessionIDs
  private let metrics: IssuerMetrics

  init(_ issuer: SessionTokenIssuer, _ metrics: IssuerMetrics) throws {
    sessionIDs = try SessionIDs()
    (self.issuer, self.metrics) = (issuer, metrics)
  }

  func check(_ message: SessionTokenMessage, _ host: Host) throws(Refusal) {
    guard host.mayAsk(for: message.clientID, in: message.session.shopDomain) else { throw .notRegistered }
  }

  /// Asks the authorizer; `nil` if the user lacks the permission.
  func authorized(
    _ message: SessionTokenMessage, for host: Host
  ) async -> Result<AuthorizedSession?, Refusal> {
    do {
      let request = SessionTokenRequest(
        session: message.session, user: message.user, clientID: message.clientID,
        sessionID: try message.sessionID ?? sessionIDs.sessionID(message, of: host))
      return .success(try await issuer.authorize(request))
    } catch { return .failure(Refusal(minting: error)) }
  }

  /// A token for each message, in their order; `nil` for users who lack the permission. They are signed together.
  func tokens(
    _ messages: [Result<SessionTokenMessage, Refusal>], for host: Host
  ) async -> [(message: SessionTokenMessage?, token: Result<IDToken?, Refusal>)] {
    await withTaskGroup(of: (Int, Result<IDToken?, Refusal>).self) { group in
      for (index, message) in messages.enumerated() {
        group.addTask { (index, await self.token(message, for: host)) }
      }
      var tokens = [Result<IDToken?, Refusal>](repeating: .success(nil), count: messages.count)
      for await (index, token) in group { tokens[index] = token }
      return zip(messages, tokens).map { (try? $0.get(), $1) }
    }
  }

  private func token(
    _ message: Result<SessionTokenMessage, Refusal>, for host: Host
  ) async -> Result<IDToken?, Refusal> {
    do throws(Refusal) {
      let message = try message.get()
      try check(message, host)
      guard let session = try await authorized(message, for: host).get() else { return .success(nil) }
      let token: IDToken
      do { token = try await session.tokens.batchedToken() } catch { throw Refusal(minting: error) }
      metrics.counter(message.clientID, session.app.signedResponseAlgorithm).increment()
      return .success(token)
    } catch { return .failure(error) }
  }
}

extension Refusal {
  /// Also for an unknown app: a host doesn't learn which apps exist.
  fileprivate static let notRegistered = Refusal(
    .forbidden, .accessDenied, .accessDenied, "this host is not registered for this shop and app")

  init(minting error: any Error) {
    switch error {
    case let error as SessionError where error.code == "unknown_app": self = .notRegistered
    case let error as IDTokenError: self.init(minting: error)
    default: self = .serverError("\(error)")
    }
  }

  private init(minting error: IDTokenError) {
    if error.code == "invalid_shop" {
      self = .invalidRequest(
        "shop is not under myshopify.com, and verifiers of this app's tokens accept no other")
    } else if let ring = error.details.cause as? KeyRingError {
      self.init(ring: ring)
    } else {
      self = .serverError("\(error)")
    }
  }

  /// 503 for what the next read of the ring or the next rotation mends, else 500.
  init(ring error: KeyRingError) {
    let passing = ["stale", "clock_went_back", "ring_went_back", "reservation_over", "key_ended"]
    guard passing.contains(error.code) else {
      self = .serverError("\(error)")
      return
    }
    self.init(
      .serviceUnavailable, .temporarilyUnavailable, .staleRing,
      "the issuer can't sign or serve keys at the moment", detail: "\(error)", retryAfter: 10)
  }

  static func serverError(_ detail: String) -> Refusal {
    Refusal(.internalServerError, .serverError, .serverError, "the issuer has failed", detail: detail)
  }
}

/// The apps and hosts from the files that the configuration names, and the service that issues their tokens.
struct TokenDependencies {
  let hosts: HostRegistry
  let service: TokenService
  private let apps: JSONFileApps

  init(
    _ configuration: IssuerConfiguration, _ ring: KeyRing, _ issuer: IssuerURL, _ clock: WallClock,
    _ metrics: IssuerMetrics
  ) throws {
    apps = try JSONFileApps(configuration.apps)
    hosts = try HostRegistry(configuration.hosts, standard: configuration.limits.rate)
    service = try TokenService(
      SessionTokenIssuer(
        apps, url: issuer, ring: ring, lifetime: .seconds(configuration.lifetime), clock: clock,
        multiBuffer: configuration.multiBufferSigner), metrics)
    try Self.check(apps.registrations, configuration, ring.current.ring.policy)
  }

  /// Finds at the start what would make the first token fail.
  private static func check(
    _ registrations: [AppRegistration], _ configuration: IssuerConfiguration, _ policy: RotationPolicy
  ) throws {
    guard configuration.lifetime <= policy.tokenLifetime else {
      throw SettingsError(
        "\(Setting.tokenLifetime.flag): it is \(configuration.lifetime), and the ring's policy has token_lifetime \(policy.tokenLifetime)s, after which keys may be removed"
      )
    }
    for app in registrations where !app.signedResponseAlgorithm.isSymmetric {
      guard policy.algorithms.contains(app.signedResponseAlgorithm) else {
        throw SettingsError(
          "\(configuration.apps): app \(app.clientID.text) gets \(app.signedResponseAlgorithm), and the ring in \(configuration.ring) signs with \(policy.algorithms.map(\.rawValue).joined(separator: ", "))"
        )
      }
    }
  }

  var watchedFiles: [WatchedFile] {
    [
      WatchedFile(path: hosts.path) { [hosts] in try hosts.reload() },
      WatchedFile(
        path: apps.path, secrets: { [apps] in apps.secretFiles }, reload: { [apps] in try apps.reload() }),
    ]
  }
}

/// The `sid` of sessions whose hosts give none: unguessable, and the same for a host, shop, user and app while this process
/// runs. It is computed, not stored, so that no host can use up memory with sessions.
final class SessionIDs: Sendable {
  private let key: SigningKey
  private let signers = ThreadLocalPool<Signer>()

  init() throws {
    var random = try RandomBuffer.bytes(32)
    key = try SigningKey(.hs256, secret: SecretBytes(wiping: &random))
  }

  func sessionID(_ request: SessionTokenMessage, of host: Host) throws -> SessionID {
    var session: [UInt8] = []
    for part in [
      host.name, request.session.shopDomain.host, String(request.user.number), request.clientID.text,
    ] {
      session += part.utf8
      // No part contains it, so no two sessions have the same bytes.
      session.append(0)
    }
    let message = session
    let code = try signers.with { () throws(JOSEError) in
      try Signer()
    } _: { (signer) throws(JOSEError) in
      try [UInt8](capacity: key.signatureLength) { (output) throws(JOSEError) in
        try signer.sign(message.span, with: key, into: &output)
      }
    }
    return try SessionID(Hex.text(code.span))
  }
}
#endif
