public import IDTokens

/// Apps and permissions from a JSON file:
///
///     {
///       "apps": [
///         {"client_id": "one", "id_token_signed_response_alg": "HS256", "client_secret_file": "one.secret"},
///         {"client_id": "two"}
///       ],
///       "permissions": [{"shop": "snow-devil.myshopify.com", "user": 42, "client_id": "one"}]
///     }
///
/// Secrets stand in files of their own, named relative to this one; `previous_client_secret_file` names the secret
/// before the current one until that is revoked. Unknown members are refused: a typing error must not take a permission
/// away, or leave one in place, in silence.
public final class JSONFileApps: ImmediateAppRegistry, ImmediateAppPermissions {
  public let path: String
  private let apps: InMemoryApps

  public init(_ path: String) throws(AppRegistrationError) {
    self.path = path
    apps = InMemoryApps(try AppsFile.read(path))
  }

  /// Reads the file again. When that fails, what was read before stays in force.
  public func reload() throws(AppRegistrationError) { apps.replace(with: try AppsFile.read(path)) }

  /// Every app there is, in no order.
  public var registrations: [AppRegistration] { apps.registrations }

  public func registration(for clientID: ClientID) -> AppRegistration? { apps.registration(for: clientID) }

  public var revision: Int? { apps.revision }

  public func isPermitted(_ user: UserID, toUse clientID: ClientID, in shop: ShopDomain) -> Bool {
    apps.isPermitted(user, toUse: clientID, in: shop)
  }
}
