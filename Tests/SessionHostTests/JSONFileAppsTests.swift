import IDTokens
import SessionHost
import TestSupport
import Testing

@Suite struct JSONFileAppsTests {
  private let directory: TemporaryDirectory
  private var path: String { directory["apps.json"] }

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("a-client-secret-of-more-than-32-bytes\n", to: "loyalty.secret")
  }

  private func refusal(_ text: String) throws -> String {
    try directory.write(text, to: "apps.json")
    let error = #expect(throws: SessionError.self) { try JSONFileApps(path) }
    #expect(error?.code == "invalid_app")
    return "\(try #require(error))"
  }

  static let good = """
    {"apps": [
       {"client_id": "loyalty", "id_token_signed_response_alg": "HS256", "client_secret_file": "loyalty.secret"},
       {"client_id": "warehouse"}],
     "permissions": [{"shop": "snow-devil.myshopify.com", "user": 42, "client_id": "loyalty"}]}
    """

  @Test("apps, secrets and permissions are read from the file and the files it names")
  func reads() throws {
    try directory.write(Self.good, to: "apps.json")
    let apps = try JSONFileApps(path)
    let shop = ShopDomain("snow-devil.myshopify.com")
    let loyalty = try #require(try apps.authorize(42, toUse: "loyalty", in: shop))
    #expect(loyalty.signedResponseAlgorithm == .hs256)
    #expect(loyalty.secrets == [try ClientSecret("a-client-secret-of-more-than-32-bytes")])
    let warehouse = apps.registrations.first { $0.clientID == "warehouse" }
    #expect(warehouse?.signedResponseAlgorithm == .rs256)
    #expect(throws: SessionError.unknownApp("other")) { try apps.authorize(42, toUse: "other", in: shop) }
    #expect(try apps.authorize(42, toUse: "warehouse", in: shop) == nil)
    #expect(try apps.authorize(43, toUse: "loyalty", in: shop) == nil)
  }

  @Test("reading again takes a permission away; a broken file leaves what was read before in force")
  func reload() throws {
    try directory.write(Self.good, to: "apps.json")
    let apps = try JSONFileApps(path)
    let (loyalty, shop) = (ClientID("loyalty"), ShopDomain("snow-devil.myshopify.com"))
    try directory.write("{\"apps\": [", to: "apps.json")
    let error = #expect(throws: SessionError.self) { try apps.reload() }
    #expect(error?.code == "invalid_app" && error?.description.contains("malformed JSON") == true)
    #expect(try apps.authorize(42, toUse: loyalty, in: shop) != nil)
    try directory.write(#"{"apps": [{"client_id": "loyalty"}]}"#, to: "apps.json")
    try apps.reload()
    #expect(try apps.authorize(42, toUse: loyalty, in: shop) == nil)
  }

  @Test("a typing error is refused, with the place of it")
  func typingErrors() throws {
    #expect(try refusal(#"{"apps": [], "permisions": []}"#).contains("permisions is not a known member"))
    #expect(try refusal(#"{"apps": [{"client_id": "a", "alg": "RS256"}]}"#).contains("apps[0]"))
    #expect(try refusal(#"{"apps": [{"client_id": 7}]}"#).contains("apps[0].client_id is an integer"))
    #expect(try refusal(#"{"apps": {}}"#).contains("apps is an object, not an array"))
    #expect(try refusal(#"{"apps": [{"client_id": "a"}, {"client_id": "a"}]}"#).contains("registered twice"))
    #expect(
      try refusal(#"{"apps": [], "permissions": [{"shop": "a.myshopify.com", "user": 1, "client_id": "x"}]}"#)
        .contains("permissions[0].client_id names app x"))
    #expect(
      try refusal(#"{"apps": [{"client_id": "a", "id_token_signed_response_alg": "none"}]}"#).contains(
        "\"none\""))
  }

  @Test("a secret that is world-readable, missing or short is refused, with its path")
  func badSecrets() throws {
    let app =
      #"{"apps": [{"client_id": "a", "id_token_signed_response_alg": "HS256", "client_secret_file": "s"}]}"#
    #expect(try refusal(app).contains("\(directory["s"])"))
    try directory.write("a-client-secret-of-more-than-32-bytes", to: "s", permissions: 0o644)
    #expect(try refusal(app).contains("chmod 600 \(directory["s"])"))
    try directory.write("short", to: "s")
    #expect(try refusal(app).contains("5 bytes"))
  }

  @Test("a file that isn't there is refused with its path")
  func missing() throws {
    let error = #expect(throws: SessionError.self) { try JSONFileApps(directory["nothing.json"]) }
    #expect(error?.code == "invalid_app" && error?.description.contains("nothing.json") == true)
  }
}
