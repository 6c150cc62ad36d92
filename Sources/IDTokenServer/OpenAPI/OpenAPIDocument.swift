#if Server
import JOSECore

/// What the issuer answers to, for tools: an OpenAPI 3.1 document, the same for every issuer.
public enum OpenAPIDocument {
  /// As it is served (`application/json`), rendered once.
  public static let json: [UInt8] = {
    var writer = JSONWriter(indentation: 2)
    writer.write(document)
    return writer.bytes
  }()

  static let document: JSONObject = [
    "openapi": "3.1.0",
    "info": [
      "title": "ID token issuer",
      "version": "1",
      "description":
        "Mints OpenID Connect ID tokens for the apps of a point of sale, and publishes the keys that verify them.",
    ],
    // Relative to where the document is served.
    "servers": [["url": "./"]],
    "tags": [
      ["name": "hosts", "description": "For hosts, which ask for tokens."],
      ["name": "backends", "description": "For backends, which verify tokens."],
      ["name": "operators", "description": "For who looks after the issuer."],
    ],
    "paths": .object(paths),
    "components": [
      "schemas": .object(schemas), "responses": .object(responses), "headers": .object(headers),
      "parameters": [
        "IfNoneMatch": [
          "name": "If-None-Match", "in": "header", "required": false, "schema": ["type": "string"],
          "description": "The ETag of what the client has (RFC 9110 §13.1.2).",
        ]
      ],
      "securitySchemes": .object(securitySchemes),
    ],
  ]

  private static let securitySchemes: JSONObject = [
    "bearer": [
      "type": "http", "scheme": "bearer",
      "description": "The credential of a host, or on operators' paths the operator's.",
    ],
    "basic": [
      "type": "http", "scheme": "basic",
      "description": "The operator's credential as the password, for browsers. The user name is ignored.",
    ],
    "mutualTLS": ["type": "mutualTLS", "description": "The client certificate of a host."],
  ]
}
#endif
