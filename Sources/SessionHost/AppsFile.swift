import IDTokens
import JOSECore
import SystemSupport

/// Reads the file of `JSONFileApps`.
enum AppsFile {
  /// - Parameter secrets: gets the paths of the secrets that are read, the one that can't be read too.
  static func read(
    _ path: String, naming secrets: inout [String]
  ) throws(AppRegistrationError) -> InMemoryApps.Contents {
    do {
      let bytes = try POSIXFileSystem().contents(of: path, limit: 16 << 20).bytes
      let file = try JSONObject(parsing: bytes.span, limits: JSONLimits(bytes: 16 << 20))
      return try contents(file, directory: Path.parent(of: path), &secrets)
    } catch { throw .file(path: path, reason: "\(error)") }
  }

  private static func contents(
    _ file: JSONObject, directory: String, _ secrets: inout [String]
  ) throws -> InMemoryApps.Contents {
    try file.check("the file", members: ["apps", "permissions"])
    var contents = InMemoryApps.Contents()
    for (place, object) in try file.objects("apps") {
      let app = try registration(object, place, directory: directory, &secrets)
      guard contents.registrations.updateValue(app, forKey: app.clientID) == nil else {
        throw AppRegistrationError.duplicate(clientID: app.clientID.text)
      }
    }
    for (place, object) in try file.objects("permissions") {
      let permission = try permission(object, place)
      guard contents.registrations[permission.clientID] != nil else {
        throw FileReason("\(place) names app \(permission.clientID.text), which is not in apps")
      }
      contents.permissions.insert(permission)
    }
    return contents
  }

  private static func registration(
    _ object: JSONObject, _ place: String, directory: String, _ secrets: inout [String]
  ) throws -> AppRegistration {
    try object.check(
      place,
      members: [
        "client_id", "id_token_signed_response_alg", "client_secret_file", "previous_client_secret_file",
      ])
    let name = try object.optionalString("id_token_signed_response_alg", place) ?? Algorithm.rs256.rawValue
    guard let algorithm = Algorithm(rawValue: name) else {
      throw FileReason("\(place): id_token_signed_response_alg \(name.debugDescription) is not supported")
    }
    func secret(_ member: String) throws -> ClientSecret? {
      guard let file = try object.optionalString(member, place) else { return nil }
      let path = file.hasPrefix("/") ? file : "\(directory)/\(file)"
      secrets.append(path)
      return try ClientSecret(contentsOf: path)
    }
    return try AppRegistration(
      clientID: ClientID(object.string("client_id", place)), secret: secret("client_secret_file"),
      previousSecret: secret("previous_client_secret_file"), signedResponseAlgorithm: algorithm)
  }

  private static func permission(_ object: JSONObject, _ place: String) throws -> InMemoryApps.Permission {
    try object.check(place, members: ["shop", "user", "client_id"])
    guard let user = object["user"]?.integer, user >= 0 else {
      throw FileReason("\(place): user is no user number")
    }
    return InMemoryApps.Permission(
      user: UserID(UInt64(user)), clientID: try ClientID(object.string("client_id", place)),
      shop: try ShopDomain(object.string("shop", place)))
  }
}

private struct FileReason: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension JSONObject {
  fileprivate func check(_ place: String, members known: [String]) throws {
    if let other = members.first(where: { !known.contains($0.name) }) {
      throw FileReason("\(place) has the unknown member \(other.name.debugDescription)")
    }
  }

  /// The objects of a list, each with its place for messages; an empty list where the member is missing.
  fileprivate func objects(_ name: String) throws -> [(place: String, object: JSONObject)] {
    guard let value = self[name] else { return [] }
    guard let values = value.array else { throw FileReason("\(name) is \(value.typeName), not an array") }
    return try values.enumerated().map { index, value in
      guard let object = value.object else {
        throw FileReason("\(name)[\(index)] is \(value.typeName), not an object")
      }
      return ("\(name)[\(index)]", object)
    }
  }

  fileprivate func string(_ name: String, _ place: String) throws -> String {
    guard let text = try optionalString(name, place) else { throw FileReason("\(place) has no \(name)") }
    return text
  }

  fileprivate func optionalString(_ name: String, _ place: String) throws -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string else {
      throw FileReason("\(place): \(name) is \(value.typeName), not a string")
    }
    return text
  }
}
