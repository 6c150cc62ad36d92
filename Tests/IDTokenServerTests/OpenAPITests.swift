#if Server
import JOSECore
import NIOHTTP1
import Testing

@testable import IDTokenServer

@Suite struct OpenAPITests {
  private let document: JSONObject

  init() throws {
    let bytes = OperatorHooks.openAPI
    document = try JSONObject(parsing: bytes.span, maximumDepth: 32)
  }

  @Test("The document is OpenAPI 3.1 and has every path of the issuer")
  func paths() throws {
    #expect(document["openapi"]?.string == "3.1.0")
    let paths = try #require(document["paths"]?.object).members.map(\.name)
    #expect(
      Set(paths) == [
        "/", "/session-token", "/session-tokens", "/.well-known/jwks.json",
        "/.well-known/jwks-ed448.json",
        "/.well-known/openid-configuration",
        "/healthz", "/readyz", "/metrics", "/openapi.json",
      ])
  }

  @Test("The document has the routes of the issuer with their methods, and no others")
  func routes() throws {
    let paths = try #require(document["paths"]?.object)
    let routes = paths.members.map { Route(path: $0.name) }
    #expect(Set(routes) == Set(Route.allCases).subtracting([.other]))
    for (path, route) in zip(paths.members, routes) {
      // What else a path has is its own address.
      let described = try #require(path.value.object).members.map { $0.name.uppercased() }.filter {
        $0 != "SERVERS"
      }
      let methods: [HTTPMethod] = [.GET, .HEAD, .POST, .PUT, .DELETE, .OPTIONS, .PATCH]
      #expect(methods.filter(route.allows).map(\.rawValue).sorted() == described.sorted(), "\(path.name)")
      #expect(route.allowed.split(separator: ", ").map(String.init).sorted() == described.sorted())
    }
  }

  @Test("Every reference has a target")
  func references() throws {
    let references = Self.references(.object(document))
    #expect(references.count > 50)
    for reference in references {
      var target: JSONValue? = .object(document)
      for part in reference.dropFirst(2).split(separator: "/") { target = target?.object?[String(part)] }
      #expect(target != nil, "\(reference) has no target")
    }
  }

  @Test(
    "The schema of a request is closed and requires members that it has",
    arguments: ["TokenRequestBody", "TokenRequests"])
  func closed(name: String) throws {
    let schema = try #require(document["components"]?.object?["schemas"]?.object?[name]?.object)
    #expect(schema["additionalProperties"]?.bool == false)
    let properties = try #require(schema["properties"]?.object).members.map(\.name)
    let required = try #require(schema["required"]?.array).compactMap(\.string)
    #expect(Set(required).isSubset(of: properties) && !required.isEmpty)
  }

  @Test("Every answer to hosts is described", arguments: ["", "s"])
  func statuses(ending: String) throws {
    let path = document["paths"]?.object?["/session-token\(ending)"]?.object
    let answers = try #require(path?["post"]?.object?["responses"]?.object)
    let refused = ["400", "401", "403", "405", "408", "413", "415", "429", "431", "500", "503"]
    for status in ["200"] + refused { #expect(answers[status] != nil, "\(status) is missing") }
    #expect((answers["204"] != nil) == ending.isEmpty)
  }

  private static func references(_ value: JSONValue) -> [String] {
    switch value {
    case .object(let object):
      object.members.flatMap { $0.name == "$ref" ? [$0.value.string ?? ""] : references($0.value) }
    case .array(let values): values.flatMap(references)
    default: []
    }
  }
}
#endif
