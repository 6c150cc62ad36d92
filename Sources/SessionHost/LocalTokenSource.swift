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
    // Asked last, so that nothing is waited for between the answer and the token.
    let shop = request.session.shopDomain
    guard try await permissions.isPermitted(request.user, toUse: request.clientID, in: shop) else {
      return nil
    }
    return try series.mint(request, app)
  }
}

/// The same without waiting.
private struct ImmediateLocalSource: ImmediateTokenSource {
  let apps: any ImmediateAppRegistry
  let permissions: any ImmediateAppPermissions
  let series: SeriesCache

  func sessionToken(for request: SessionTokenRequest) throws -> SessionToken? {
    guard let app = try apps.registration(for: request.clientID) else {
      throw LocalTokenSourceError.unknownApp(request.clientID.text)
    }
    let shop = request.session.shopDomain
    guard try permissions.isPermitted(request.user, toUse: request.clientID, in: shop) else { return nil }
    return try series.mint(request, app)
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
