#if Server
import HTTPTypes
import IDTokens
import JOSECore
import KeyRotation
import SessionHost

/// Answers an authenticated host's requests: confined to its shops and apps, then permission, then token.
final class TokenService: Sendable {
  private let issuer: SessionTokenIssuer
  private let sessionIDs: SessionIDs
  private let metrics: IssuerMetrics

  init(_ issuer: SessionTokenIssuer, _ metrics: IssuerMetrics) throws {
    sessionIDs = try SessionIDs()
    (self.issuer, self.metrics) = (issuer, metrics)
  }

  /// `nil` if the user lacks the permission.
  func token(_ message: SessionTokenMessage, for host: Host) async throws(Refusal) -> IDToken? {
    guard host.mayAsk(for: message.clientID, in: message.session.shopDomain) else { throw .notRegistered }
    do {
      let request = SessionTokenRequest(
        session: message.session, user: message.user, clientID: message.clientID,
        sessionID: try message.sessionID ?? sessionIDs.sessionID(message, of: host))
      guard let session = try await issuer.authorize(request) else { return nil }
      let token = try await session.tokens.batchedToken()
      metrics.minted(message.clientID, session.app.signedResponseAlgorithm)
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
    case let error as SessionError where error.code == "unknown_app": self = .notRegistered
    case let error as IDTokenError: self.init(minting: error)
    default: self = .serverError("\(error)")
    }
  }

  private init(minting error: IDTokenError) {
    switch error.reason {
    case .notMyshopify:
      self = .invalidRequest(
        "shop is not under myshopify.com, and verifiers of this app's tokens accept no other")
    case .ring(let error): self.init(ring: error)
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
