#if Server
import IDTokens
import JOSECore
import SessionHost
import SystemSupport

/// A demonstration: two apps, one user and one host. Existing files are kept.
public struct DemoSetup: Sendable {
  public static let shop = "snow-devil.myshopify.com"
  /// Gets HS256 with its client secret.
  public static let shopifyApp = "loyalty-app"
  /// Gets ES256 with the ring's key.
  public static let openIDApp = "warehouse-app"
  public static let user: UInt64 = 42

  public let directory: String

  public init(_ directory: String) { self.directory = directory }

  public var credentialFile: String { directory + "/till.credential" }

  /// The settings that use it.
  public var settings: [Setting: String] {
    [.ring: directory + "/ring", .apps: directory + "/apps.json", .hosts: directory + "/hosts.json"]
  }

  public func make() throws {
    let files = POSIXFileSystem()
    try makeDirectories(directory, files)
    let names = try files.names(in: directory)
    if !names.contains("apps.json") {
      let secret = directory + "/\(Self.shopifyApp).secret"
      if !names.contains("\(Self.shopifyApp).secret") { try HostCredential().write(to: secret) }
      let text = Array((JSONValue.object(apps).text(indentation: 2) + "\n").utf8)
      try files.replace(directory + "/apps.json", with: text.span, permissions: 0o644)
    }
    try writeRequests(files, unless: names)
    if !names.contains("hosts.json") {
      let credential = try HostCredential()
      if names.contains("till.credential") { try files.remove(credentialFile) }
      try credential.write(to: credentialFile)
      try HostsFileEditor(directory + "/hosts.json").add(
        "till-1", shops: [Self.shop], apps: [Self.shopifyApp, Self.openIDApp], credential)
    }
  }

  /// The bodies of the requests that the demonstration shows.
  private func writeRequests(_ files: POSIXFileSystem, unless names: [String]) throws {
    let requests = try [Self.shopifyApp, Self.openIDApp].map { ($0, try request($0)) }
    let both = JSONObject.init(dictionaryLiteral: ("requests", .array(requests.map { .object($0.1) })))
    for (name, body) in requests + [("both-apps", both)] where !names.contains("\(name).json") {
      try files.replace(
        directory + "/\(name).json", with: Array("\(body)\n".utf8).span, permissions: 0o644)
    }
  }

  private func request(_ clientID: String) throws -> JSONObject {
    let session = Session(
      shopId: 1001, shopDomain: try ShopDomain(Self.shop), userId: UserID(Self.user), locationId: 5,
      currency: "", posVersion: "")
    return try SessionTokenMessage(
      session: session, user: UserID(Self.user), clientID: ClientID(clientID)
    ).json
  }

  private func makeDirectories(_ path: String, _ files: POSIXFileSystem) throws {
    if try files.directoryExists(path) { return }
    let parent = Path.parent(of: path)
    if parent != path { try makeDirectories(parent, files) }
    do throws(FileError) { try files.makeDirectory(path, permissions: 0o700) } catch  where error.isExisting {
    }
  }

  private var apps: JSONObject {
    [
      "apps": [
        [
          "client_id": .string(Self.shopifyApp), "id_token_signed_response_alg": "HS256",
          "client_secret_file": .string("\(Self.shopifyApp).secret"),
        ],
        ["client_id": .string(Self.openIDApp), "id_token_signed_response_alg": "ES256"],
      ],
      "permissions": .array(
        [Self.shopifyApp, Self.openIDApp].map { app in
          ["shop": .string(Self.shop), "user": .integer(Int64(Self.user)), "client_id": .string(app)]
        }),
    ]
  }
}
#endif
