public import IDTokens
import Synchronization

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
  private let secrets: Mutex<[String]>

  public init(_ path: String) throws(AppRegistrationError) {
    self.path = path
    var secrets: [String] = []
    apps = InMemoryApps(try AppsFile.read(path, naming: &secrets))
    self.secrets = Mutex(secrets)
  }

  /// Reads the file and its secrets again. When that fails, what was read before stays in force.
  public func reload() throws(AppRegistrationError) {
    var found: [String] = []
    do throws(AppRegistrationError) {
      apps.replace(with: try AppsFile.read(path, naming: &found))
      secrets.withLock { [found] in $0 = found }
    } catch {
      secrets.withLock { [found] in $0 += found.filter { [known = $0] in !known.contains($0) } }
      throw error
    }
  }

  /// The files with secrets: a change of one of them is a reason to read again. After a reading that failed also those that
  /// it came to, for one of them may be what it failed for.
  public var secretFiles: [String] { secrets.withLock { $0 } }

  /// Every app there is, in no order.
  public var registrations: [AppRegistration] { apps.registrations }

  public func registration(for clientID: ClientID) -> AppRegistration? { apps.registration(for: clientID) }

  public var revision: Int? { apps.revision }

  public func isPermitted(_ user: UserID, toUse clientID: ClientID, in shop: ShopDomain) -> Bool {
    apps.isPermitted(user, toUse: clientID, in: shop)
  }
}
