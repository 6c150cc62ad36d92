#if Server
import HTTPTypes
import IDTokens
import JOSECore
import KeyRotation
import SessionHost

/// Where an authenticated host's orders become tokens: confined to its shops and apps, then permission, then mint.
final class TokenService: Sendable {
  private let apps: any AppRegistry
  private let tokens: LocalTokenSource
  private let sessionIDs: SessionIDs
  private let metrics: IssuerMetrics

  init(
    _ issuer: TokenIssuer, apps: any AppRegistry, permissions: any AppPermissions, lifetime: TokenLifetime,
    _ metrics: IssuerMetrics
  ) throws {
    sessionIDs = try SessionIDs()
    tokens = LocalTokenSource(issuer, apps: apps, permissions: permissions, lifetime: lifetime)
    (self.apps, self.metrics) = (apps, metrics)
  }

  /// `nil` where the user lacks the permission.
  func token(_ message: SessionTokenMessage, for host: Host) async throws(Refusal) -> SessionToken? {
    guard host.mayAsk(for: message.clientID, in: message.session.shopDomain) else { throw .notRegistered }
    do {
      let request = SessionTokenRequest(
        session: message.session, user: message.user, clientID: message.clientID,
        sessionID: try message.sessionID ?? sessionIDs.sessionID(message, of: host))
      guard let app = try await apps.registration(for: message.clientID) else { throw Refusal.notRegistered }
      guard let token = try await tokens.sessionToken(for: request) else { return nil }
      metrics.minted(message.clientID, app.signedResponseAlgorithm)
      return token
    } catch { throw Refusal(minting: error) }
  }
}

extension Refusal {
  /// The same for an app that nobody knows: a host needn't learn which there are.
  fileprivate static let notRegistered = Refusal(
    .forbidden, .accessDenied, .accessDenied, "this host is not registered for this shop and app")

  fileprivate init(minting error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    case LocalTokenSourceError.unknownApp: self = .notRegistered
    case IDTokenError.notMyshopify:
      self = .invalidRequest(
        "shop is not under myshopify.com, and verifiers of this app's tokens accept no other")
    case IDTokenError.ring(let error): self.init(ring: error)
    default: self = .serverError("\(error)")
    }
  }

  /// What a rotator will put right, and what it won't.
  init(ring error: KeyRingError) {
    switch error {
    case .stale, .clockWentBack, .ringWentBack, .reservationOver, .keyEnded:
      self.init(
        .serviceUnavailable, .temporarilyUnavailable, .staleRing,
        "the issuer can't sign or serve keys at the moment",
        detail: "\(error)", retryAfter: 10)
    default: self = .serverError("\(error)")
    }
  }

  static func serverError(_ detail: String) -> Refusal {
    Refusal(.internalServerError, .serverError, .serverError, "the issuer has failed", detail: detail)
  }
}
#endif
