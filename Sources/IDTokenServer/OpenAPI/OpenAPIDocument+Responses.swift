#if Server
import JOSECore

extension OpenAPIDocument {
  static let responses: JSONObject = [
    "InvalidRequest": error("`invalid_request`: what is wrong with which member.", "invalid_request"),
    "InvalidClient": error(
      "`invalid_client`: no credential, or an unknown one.", "invalid_client",
      headers: ["WWW-Authenticate": "Challenge"]),
    "AccessDenied": error(
      "`access_denied`: the host is not registered for this shop or this app.", "access_denied"),
    "NotFound": error("`invalid_request`: there is nothing here.", "invalid_request"),
    "MethodNotAllowed": error(
      "`invalid_request`: `Allow` has the methods of this path.", "invalid_request",
      headers: ["Allow": "Allow"]),
    "RequestTimeout": error("`invalid_request`: the request took too long to arrive.", "invalid_request"),
    "ContentTooLarge": error("`invalid_request`: the body is too large.", "invalid_request"),
    "UnsupportedMediaType": error(
      "`invalid_request`: the body is not `application/json`.", "invalid_request"),
    "SlowDown": error(
      "`slow_down`: too many requests of this host.", "slow_down", headers: ["Retry-After": "RetryAfter"]),
    "FieldsTooLarge": error("`invalid_request`: the header is too large.", "invalid_request"),
    "ServerError": error("`server_error`: the issuer failed.", "server_error"),
    "Unavailable": error(
      "`temporarily_unavailable`: too many requests at once, or no key to sign with.",
      "temporarily_unavailable",
      headers: ["Retry-After": "RetryAfter"]),
  ]

  static let headers: JSONObject = [
    "NoStore": header("Tokens are kept by nobody on the way.", ["type": "string", "const": "no-store"]),
    "Caching": header(
      "`max-age` shrinks towards the next change of the keys.",
      ["type": "string", "pattern": "^public, max-age=[0-9]+$"]),
    "ETag": header("RFC 9110 §8.8.3.", ["type": "string", "pattern": "^(W/)?\"[^\"]*\"$"]),
    "AllowOrigin": header("Keys are for everyone.", ["type": "string", "const": "*"]),
    "Challenge": header("RFC 9110 §11.6.1.", ["type": "string"]),
    "Allow": header("RFC 9110 §10.2.1.", ["type": "string"]),
    "RetryAfter": header("Seconds.", ["type": "integer", "minimum": 0]),
  ]

  static func answer(_ text: String, _ schema: String, headers names: [String: String] = [:]) -> JSONValue {
    var answer: JSONObject = [
      "description": .string(text),
      "content": ["application/json": ["schema": reference("schemas", schema)]],
    ]
    if !names.isEmpty { answer["headers"] = .object(headers(names)) }
    return .object(answer)
  }

  static func headers(_ names: [String: String]) -> JSONObject {
    var object: JSONObject = [:]
    for (field, name) in names.sorted(by: { $0.key < $1.key }) {
      object[field] = reference("headers", name)
    }
    return object
  }

  static func reference(_ kind: String, _ name: String) -> JSONValue {
    ["$ref": .string("#/components/\(kind)/\(name)")]
  }

  private static func header(_ text: String, _ schema: JSONValue) -> JSONValue {
    ["description": .string(text), "schema": schema]
  }

  /// RFC 6749 §5.2, with the one code that goes with the status.
  private static func error(_ text: String, _ code: String, headers names: [String: String] = [:])
    -> JSONValue
  {
    var answer = answer(text, "Error", headers: names).object ?? [:]
    let schema: JSONValue = [
      "allOf": [reference("schemas", "Error"), ["properties": ["error": ["const": .string(code)]]]]
    ]
    answer["content"] = ["application/json": ["schema": schema]]
    return .object(answer)
  }
}
#endif
