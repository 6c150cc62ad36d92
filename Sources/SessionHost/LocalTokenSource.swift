public import IDTokens

/// Tokens from an issuer in the same process: profile, then permission, then mint.
public final class LocalTokenSource: SessionTokenSource {
  private let apps: any AppRegistry
  private let permissions: any AppPermissions
  private let series: SeriesCache
  /// Where apps and permissions are answered from memory.
  public let immediate: (any ImmediateTokenSource)?

  public init(
    _ issuer: TokenIssuer, apps: any AppRegistry, permissions: any AppPermissions,
    lifetime: TokenLifetime = .standard
  ) {
    (self.apps, self.permissions) = (apps, permissions)
    series = SeriesCache(issuer, lifetime)
    if let apps = apps as? any ImmediateAppRegistry,
      let permissions = permissions as? any ImmediateAppPermissions
    {
      immediate = ImmediateLocalSource(apps: apps, permissions: permissions, series: series)
    } else {
      immediate = nil
    }
  }

  public func sessionToken(for request: SessionTokenRequest) async throws -> SessionToken? {
    guard let app = try await apps.registration(for: request.clientID) else {
      throw LocalTokenSourceError.unknownApp(request.clientID.text)
    }
    // Asked last, so that nothing but a signature is waited for between the answer and the token.
    let shop = request.session.shopDomain
    guard try await permissions.isPermitted(request.user, toUse: request.clientID, in: shop) else {
      return nil
    }
    return try await series.mintTogether(request, app)
  }
}

/// The same without waiting.
struct ImmediateLocalSource: ImmediateTokenSource {
  fileprivate let apps: any ImmediateAppRegistry
  fileprivate let permissions: any ImmediateAppPermissions
  fileprivate let series: SeriesCache

  func sessionToken(for request: SessionTokenRequest) throws -> SessionToken? {
    guard let app = try registration(request) else { return nil }
    return try series.mint(request, app)
  }

  /// Leave for as many tokens of the request as are asked for, until something that it rests on changes. `nil` where
  /// apps or permissions don't count their changes, or the user isn't permitted.
  func permit(for request: SessionTokenRequest) throws -> CachedAuthorization? {
    // Read first: a change during the look-up makes the permit stale.
    guard let apps = apps.revision, let permissions = permissions.revision else { return nil }
    guard let app = try registration(request) else { return nil }
    return CachedAuthorization(
      source: self, revisions: (apps, permissions), issuer: series.issuer,
      series: try series.series(request, app))
  }

  /// The app's, where the user is permitted.
  private func registration(_ request: SessionTokenRequest) throws -> AppRegistration? {
    guard let app = try apps.registration(for: request.clientID) else {
      throw LocalTokenSourceError.unknownApp(request.clientID.text)
    }
    let shop = request.session.shopDomain
    return try permissions.isPermitted(request.user, toUse: request.clientID, in: shop) ? app : nil
  }

  fileprivate func isUnchanged(since revisions: (apps: Int, permissions: Int)) -> Bool {
    apps.revision == revisions.apps && permissions.revision == revisions.permissions
  }
}

/// What was looked up for a request: its app, that its user is permitted, and its series.
final class CachedAuthorization: Sendable {
  private let source: ImmediateLocalSource
  private let revisions: (apps: Int, permissions: Int)
  private let issuer: TokenIssuer
  private let series: TokenSession

  fileprivate init(
    source: ImmediateLocalSource, revisions: (apps: Int, permissions: Int), issuer: TokenIssuer,
    series: TokenSession
  ) {
    (self.source, self.revisions) = (source, revisions)
    (self.issuer, self.series) = (issuer, series)
  }

  /// A fresh token; `nil` once something has changed that the permit rests on.
  func mint() throws(IDTokenError) -> SessionToken? {
    guard source.isUnchanged(since: revisions) else { return nil }
    return try issuer.mint(ifCurrent: series)
  }

  /// Where the next caller meets others who ask at the same time; `nil` where it signs at once, alone.
  var gathering: SigningQueue? { issuer.gathering(for: series) }

  /// The same, signed together with them.
  func mint(in gathering: SigningQueue) async throws(IDTokenError) -> SessionToken? {
    guard source.isUnchanged(since: revisions) else { return nil }
    let token = try await issuer.mint(ifCurrent: series, in: gathering)
    // The permission may have been withdrawn while others were waited for.
    return source.isUnchanged(since: revisions) ? token : nil
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
