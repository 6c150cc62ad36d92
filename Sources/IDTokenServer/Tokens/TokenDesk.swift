#if Server
  import HTTPTypes
  import IDTokens
  import JSON
  import JWA
  import KeyRotation
  import SessionHost

  /// Where an authenticated host's orders become tokens: confined to its shops and apps, then permission, then mint.
  final class TokenDesk: Sendable {
    private let waiting: WaitingSource
    private let immediate: ImmediateSource?
    private let sessionIDs: SessionIDs
    private let metrics: IssuerMetrics

    init(
      _ issuer: TokenIssuer, apps: any AppRegistry, permissions: any AppPermissions, lifetime: TokenLifetime,
      _ metrics: IssuerMetrics
    ) throws {
      sessionIDs = try SessionIDs()
      let local = LocalTokenSource(issuer, apps: apps, permissions: permissions, lifetime: lifetime)
      waiting = WaitingSource(apps: apps, tokens: local)
      immediate = ImmediateSource(apps, local)
      self.metrics = metrics
    }

    /// `nil` where the user lacks the permission.
    func token(_ order: TokenOrder, for host: Host) async throws(Refusal) -> SessionToken? {
      guard host.mayAsk(for: order.clientID, in: order.session.shopDomain) else { throw .notRegistered }
      let token: SessionToken?
      let algorithm: Algorithm
      do {
        let request = SessionTokenRequest(
          session: order.session, user: order.user, clientID: order.clientID,
          sessionID: try order.sessionID ?? sessionIDs.sessionID(order, of: host))
        if let immediate {
          (token, algorithm) = try await immediate.token(request)
        } else {
          (token, algorithm) = try await waiting.token(request)
        }
      } catch { throw Refusal(minting: error) }
      if token != nil { metrics.minted(order.clientID, algorithm) }
      return token
    }
  }

  /// Apps that may be asked of a database.
  private struct WaitingSource: Sendable {
    let apps: any AppRegistry
    let tokens: LocalTokenSource

    func token(_ request: SessionTokenRequest) async throws -> (SessionToken?, Algorithm) {
      guard let app = try await apps.registration(for: request.clientID) else { throw Refusal.notRegistered }
      return (try await tokens.sessionToken(for: request), app.signedResponseAlgorithm)
    }
  }

  /// Apps in memory: no task waits for them.
  private struct ImmediateSource: Sendable {
    let apps: any ImmediateAppRegistry
    let tokens: LocalTokenSource

    init?(_ apps: any AppRegistry, _ tokens: LocalTokenSource) {
      guard let apps = apps as? any ImmediateAppRegistry else { return nil }
      (self.apps, self.tokens) = (apps, tokens)
    }

    func token(_ request: SessionTokenRequest) async throws -> (SessionToken?, Algorithm) {
      guard let app = try apps.registration(for: request.clientID) else { throw Refusal.notRegistered }
      return (try await tokens.sessionToken(for: request), app.signedResponseAlgorithm)
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
