#if Server
import JOSECore

extension OpenAPIDocument {
  static let paths: JSONObject = [
    "/session-token": [
      "post": .object(
        order(
          "sessionToken", "A token for a user's session with an app", body: "TokenRequestBody",
          answers: [
            "200": answer("The token.", "IssuedToken", headers: ["Cache-Control": "NoStore"]),
            "204": [
              "description": "The user lacks the permission for the app: there is no token.",
              "headers": ["Cache-Control": reference("headers", "NoStore")],
            ],
          ]))
    ],
    "/session-tokens": [
      "post": .object(
        order(
          "sessionTokens", "Several tokens at once", body: "TokenOrders",
          answers: [
            "200": answer(
              "A token, null or an error for each request, in the same order.", "TokenAnswers",
              headers: ["Cache-Control": "NoStore"])
          ]))
    ],
    "/.well-known/jwks.json": .object(
      document("jwks", "The public keys (RFC 7517 §5)", "application/jwk-set+json", "JWKSet")),
    "/.well-known/jwks-ed448.json": .object(
      document(
        "jwksEd448", "The public keys for Ed448, which some verifiers drop a whole set for",
        "application/jwk-set+json", "JWKSet", isAlwaysThere: false)),
    "/.well-known/openid-configuration": .object(
      document("discovery", "The issuer's metadata (Discovery §3)", "application/json", "Discovery")),
    "/healthz": .object(
      look("health", "Whether the process runs", ["200": answer("It does.", "Health")])),
    "/readyz": .object(
      look(
        "readiness", "Whether requests should be sent here",
        ["200": answer("They should.", "Readiness"), "503": answer("They should not.", "Readiness")])),
    "/metrics": .object(
      look("metrics", "Figures for Prometheus", operators("text/plain", "Text exposition format 0.0.4."))),
    "/openapi.json": .object(
      look(
        "openAPI", "This document",
        [
          "200": [
            "description": "OpenAPI 3.1.", "content": ["application/json": ["schema": ["type": "object"]]],
          ]
        ])),
    "/": .object(look("page", "The operator's page", operators("text/html", "For a person to look at."))),
  ]

  private static func order(
    _ id: String, _ summary: String, body: String, answers: JSONObject
  ) -> JSONObject {
    var all = answers
    let refusals = [
      ("400", "InvalidRequest"), ("401", "InvalidClient"), ("403", "AccessDenied"),
      ("405", "MethodNotAllowed"),
      ("413", "ContentTooLarge"), ("415", "UnsupportedMediaType"), ("429", "SlowDown"),
    ]
    for (status, name) in refusals { all[status] = reference("responses", name) }
    addFailures(to: &all)
    return [
      "operationId": .string(id), "summary": .string(summary), "tags": ["hosts"],
      "security": [["bearer": []], ["mutualTLS": []]],
      "requestBody": [
        "required": true, "content": ["application/json": ["schema": reference("schemas", body)]],
      ],
      "responses": .object(all),
    ]
  }

  /// `GET` and `HEAD` of what backends cache.
  private static func document(
    _ id: String, _ summary: String, _ type: String, _ schema: String, isAlwaysThere: Bool = true
  ) -> JSONObject {
    let names = ["Cache-Control": "Caching", "ETag": "ETag", "Access-Control-Allow-Origin": "AllowOrigin"]
    var known: JSONObject = [
      "304": ["description": "The client has it already.", "headers": .object(headers(names))]
    ]
    if !isAlwaysThere { known["404"] = reference("responses", "NotFound") }
    func answers(_ content: JSONObject?) -> JSONObject {
      var found: JSONObject = ["description": "As it is now.", "headers": .object(headers(names))]
      found["content"] = content.map { .object($0) }
      var all = known
      all["200"] = .object(found)
      return all
    }
    let content: JSONObject = [type: ["schema": reference("schemas", schema)]]
    return methods(
      id, summary, tag: "backends", answers(content), answers(nil),
      parameters: [reference("parameters", "IfNoneMatch")])
  }

  private static func look(_ id: String, _ summary: String, _ answers: JSONObject) -> JSONObject {
    var bare: JSONObject = [:]
    for member in answers.members {
      var answer = member.value.object ?? [:]
      if answer["content"] != nil { answer["content"] = nil }
      bare[member.name] = .object(answer)
    }
    return methods(id, summary, tag: "operators", answers, bare)
  }

  private static func methods(
    _ id: String, _ summary: String, tag: JSONValue, _ get: JSONObject, _ head: JSONObject,
    parameters: [JSONValue] = []
  ) -> JSONObject {
    func operation(_ name: String, _ answers: JSONObject) -> JSONValue {
      var all = answers
      addFailures(to: &all)
      all["405"] = reference("responses", "MethodNotAllowed")
      var operation: JSONObject = [
        "operationId": .string(name), "summary": .string(summary), "tags": [tag], "responses": .object(all),
      ]
      if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
      if all["401"] != nil { operation["security"] = [[:], ["bearer": []], ["basic": []]] }
      return .object(operation)
    }
    return ["get": operation(id, get), "head": operation(id + "Head", head)]
  }

  private static func addFailures(to answers: inout JSONObject) {
    answers["408"] = reference("responses", "RequestTimeout")
    answers["431"] = reference("responses", "FieldsTooLarge")
    answers["500"] = reference("responses", "ServerError")
    if answers["503"] == nil { answers["503"] = reference("responses", "Unavailable") }
  }

  private static func operators(_ type: String, _ text: String) -> JSONObject {
    [
      "200": [
        "description": .string(text), "content": .object([type: ["schema": ["type": "string"]]]),
        "headers": ["Cache-Control": reference("headers", "NoStore")],
      ],
      "401": reference("responses", "InvalidClient"),
    ]
  }
}
#endif
