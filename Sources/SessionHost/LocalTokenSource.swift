public import IDTokens
import Synchronization

/// Tokens from an issuer in the same process: profile, then permission, then mint.
public final class LocalTokenSource: SessionTokenSource {
  private let issuer: TokenIssuer
  private let apps: any AppRegistry
  private let permissions: any AppPermissions
  private let lifetime: TokenLifetime
  private let series = Mutex<[SeriesKey: CachedSeries]>([:])

  public init(
    _ issuer: TokenIssuer, apps: any AppRegistry, permissions: any AppPermissions,
    lifetime: TokenLifetime = .standard
  ) {
    (self.issuer, self.apps, self.permissions, self.lifetime) = (issuer, apps, permissions, lifetime)
  }

  public var answersAtOnce: Bool { apps.answersAtOnce && permissions.answersAtOnce }

  public func sessionToken(for request: SessionTokenRequest) async throws -> SessionToken? {
    guard let app = try await apps.registration(for: request.clientID) else {
      throw LocalTokenSourceError.unknownApp(request.clientID.text)
    }
    // Asked last, so that nothing is waited for between the answer and the token.
    let shop = request.session.shopDomain
    guard try await permissions.isPermitted(request.user, toUse: request.clientID, in: shop) else {
      return nil
    }
    return try mint(request, app)
  }

  private func mint(_ request: SessionTokenRequest, _ app: AppRegistration) throws(IDTokenError)
    -> SessionToken
  {
    let key = SeriesKey(request)
    let cached = series.withLock { $0[key] }
    var current: TokenSeries
    if let cached, cached.app == app {
      current = cached.series
    } else {
      current = try issuer.series(tokenRequest(request), app.profile)
    }
    let token = try issuer.mint(&current)
    if let cached, cached.series.isSame(as: current) { return token }
    let renewed = CachedSeries(app: app, series: current)
    series.withLock { series in
      // Sessions that ended leave theirs behind. Making one anew costs little, so nothing finer is needed.
      if series.count >= 4096, series[key] == nil { series.removeAll() }
      series[key] = renewed
    }
    return token
  }

  private func tokenRequest(_ request: SessionTokenRequest) throws(IDTokenError) -> TokenRequest {
    try TokenRequest(
      shop: request.session.shopDomain, user: request.user, clientID: request.clientID,
      sessionID: request.sessionID, lifetime: lifetime)
  }

  private struct SeriesKey: Hashable {
    let shop: ShopDomain
    let user: UserID
    let clientID: ClientID
    let sessionID: SessionID

    init(_ request: SessionTokenRequest) {
      (shop, user) = (request.session.shopDomain, request.user)
      (clientID, sessionID) = (request.clientID, request.sessionID)
    }
  }

  /// A series with the registration it was made for: another secret or algorithm makes it stale.
  private struct CachedSeries {
    let app: AppRegistration
    let series: TokenSeries
  }
}

public enum LocalTokenSourceError: Error, Sendable, Equatable {
  case unknownApp(String)
}

extension LocalTokenSourceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownApp(let clientID): "app \(clientID) is not registered"
    }
  }
}
