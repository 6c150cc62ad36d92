import IDTokens
import JOSECore
import Synchronization
import SystemSupport

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
/// Secrets are in files of their own, named relative to this one. `previous_client_secret_file` names the secret before
/// the current one, until that is revoked. Unknown members are refused: a typing error must not take a permission away,
/// or leave one in place, in silence.
package final class JSONFileApps: AppAuthorizer {
  package let path: String
  private let apps: InMemoryApps
  private let secrets: Mutex<[String]>

  package init(_ path: String) throws(SessionError) {
    self.path = path
    var secrets: [String] = []
    apps = InMemoryApps(try AppsFile.read(path, naming: &secrets))
    self.secrets = Mutex(secrets)
  }

  /// Reads the file and its secrets again. If that fails, what was read before stays in force.
  package func reload() throws(SessionError) {
    var found: [String] = []
    do throws(SessionError) {
      apps.replace(with: try AppsFile.read(path, naming: &found))
      secrets.withLock { [found] in $0 = found }
    } catch {
      secrets.withLock { [found] in $0 += found.filter { [known = $0] in !known.contains($0) } }
      throw error
    }
  }

  /// The files with secrets: a change of one of them is a reason to read again. After a reading that failed, also the
  /// ones that it reached, because one of them may be the reason.
  package var secretFiles: [String] { secrets.withLock { $0 } }

  /// Every app there is, in no order.
  package var registrations: [AppRegistration] { apps.registrations }

  package var version: Int? { apps.version }

  package func authorize(
    _ user: UserID, toUse clientID: ClientID, in shop: ShopDomain
  ) throws(SessionError) -> AppRegistration? { try apps.authorize(user, toUse: clientID, in: shop) }
}

private enum AppsFile {
  /// - Parameter secrets: gets the paths of the secrets that are read, the one that can't be read too.
  static func read(
    _ path: String, naming secrets: inout [String]
  ) throws(SessionError) -> InMemoryApps.Contents {
    do {
      let bytes = try POSIXFileSystem().contents(of: path, limit: 16 << 20).bytes
      let file = try ObjectReader(
        parsing: bytes.span, maximumLength: 16 << 20, members: ["apps", "permissions"])
      return try contents(file, directory: Path.parent(of: path), &secrets)
    } catch { throw .appsFile(path: path, reason: "\(error)") }
  }

  private static func contents(
    _ file: ObjectReader, directory: String, _ secrets: inout [String]
  ) throws -> InMemoryApps.Contents {
    var contents = InMemoryApps.Contents()
    let members = [
      "client_id", "id_token_signed_response_alg", "client_secret_file", "previous_client_secret_file",
    ]
    for object in try file.optionalObjects("apps", members: members) ?? [] {
      let app = try registration(object, directory: directory, &secrets)
      guard contents.registrations.updateValue(app, forKey: app.clientID) == nil else {
        throw SessionError.duplicateApp(app.clientID.text)
      }
    }
    for object in try file.optionalObjects("permissions", members: ["shop", "user", "client_id"]) ?? [] {
      let permission = InMemoryApps.Permission(
        user: UserID(UInt64(try object.integer("user", in: 0 ... .max))),
        clientID: try object.value("client_id", ClientID.init(_:)),
        shop: try object.value("shop", ShopDomain.init(_:)))
      guard contents.registrations[permission.clientID] != nil else {
        throw object.error("client_id", "names app \(permission.clientID.text), which is not in apps")
      }
      contents.permissions.insert(permission)
    }
    return contents
  }

  private static func registration(
    _ object: ObjectReader, directory: String, _ secrets: inout [String]
  ) throws -> AppRegistration {
    let name = try object.optionalString("id_token_signed_response_alg") ?? Algorithm.rs256.rawValue
    guard let algorithm = Algorithm(rawValue: name) else {
      throw object.error(
        "id_token_signed_response_alg", "is \(name.debugDescription), which is not supported")
    }
    func secret(_ member: String) throws -> ClientSecret? {
      guard let file = try object.optionalString(member) else { return nil }
      let path = file.hasPrefix("/") ? file : "\(directory)/\(file)"
      secrets.append(path)
      return try ClientSecret(contentsOf: path)
    }
    return try AppRegistration(
      clientID: object.value("client_id", ClientID.init(_:)), secret: secret("client_secret_file"),
      previousSecret: secret("previous_client_secret_file"), signedResponseAlgorithm: algorithm)
  }
}
