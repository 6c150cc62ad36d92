#if Server
import JOSECore

extension OpenAPIDocument {
  static let schemas: JSONObject = [
    "TokenRequestBody": .object(
      closed(
        required: ["shop", "shopId", "userId", "locationId", "clientId"],
        [
          "shop": [
            "type": "string", "maxLength": 253, "pattern": .string(hostName),
            "description": "The host name of the shop, without https://",
            "examples": ["snow-devil.myshopify.com"],
          ],
          "shopId": identifier(1001), "userId": identifier(42), "locationId": identifier(5),
          "staffMemberId": identifier(7),
          "currency": [
            "type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217.", "examples": ["CAD"],
          ],
          "posVersion": [
            "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[ -~]+$",
            "examples": ["10.6.0"],
          ],
          "clientId": [
            "type": "string", "maxLength": 255, "pattern": .string(visible), "examples": ["loyalty-app"],
          ],
          "sessionId": [
            "type": "string", "maxLength": 255, "pattern": .string(visible),
            "description":
              "`sid` of the token. Without it, the same for a host, shop, user and app while the issuer runs.",
          ],
        ])),
    "TokenOrders": .object(
      closed(
        required: ["requests"],
        [
          "requests": [
            "type": "array", "minItems": 1, "maxItems": 256,
            "items": reference("schemas", "TokenRequestBody"),
          ]
        ])),
    "IssuedToken": .object(
      closed(
        required: ["token", "expiresAt"],
        [
          "token": [
            "type": "string", "pattern": "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$",
            "description": "A JWS in compact serialization (RFC 7515 §7.1).",
          ],
          "expiresAt": [
            "type": "integer", "minimum": 0, "description": "`exp`, a NumericDate (RFC 7519 §2).",
          ],
        ])),
    "TokenAnswers": .object(
      closed(
        required: ["tokens"],
        [
          "tokens": [
            "type": "array", "minItems": 1, "maxItems": 256,
            "items": [
              "oneOf": [
                reference("schemas", "IssuedToken"), reference("schemas", "Error"), ["type": "null"],
              ]
            ],
          ]
        ])),
    "Error": .object(
      closed(
        required: ["error", "error_description"],
        [
          "error": [
            "type": "string",
            "enum": [
              "invalid_request", "invalid_client", "access_denied", "slow_down", "server_error",
              "temporarily_unavailable",
            ],
          ],
          "error_description": ["type": "string", "pattern": #"^[ !#-\[\]-~]*$"#],
        ])),
    "Health": .object(closed(required: ["status"], ["status": ["type": "string", "const": "ok"]])),
    "Readiness": .object(
      closed(
        required: ["status", "epoch"],
        [
          "status": ["type": "string", "enum": ["ready", "not ready"]],
          "epoch": ["type": "integer", "minimum": 0],
          "problems": ["type": "array", "minItems": 1, "items": ["type": "string"]],
        ])),
    "JWKSet": [
      "type": "object", "required": ["keys"], "additionalProperties": false,
      "properties": ["keys": ["type": "array", "items": jwk]],
    ],
    "Discovery": [
      "type": "object", "required": ["issuer", "jwks_uri"],
      "properties": [
        "issuer": ["type": "string", "format": "uri"], "jwks_uri": ["type": "string", "format": "uri"],
        "id_token_signing_alg_values_supported": [
          "type": "array", "items": ["type": "string"], "uniqueItems": true,
        ],
      ],
    ],
  ]

  /// RFC 7517 §4; RFC 7518 §6 and RFC 8037 §2 have the members of each `kty`.
  private static let jwk: JSONValue = [
    "type": "object", "required": ["kty", "use", "alg", "kid"],
    "properties": [
      "kty": ["type": "string", "enum": ["RSA", "EC", "OKP"]], "use": ["type": "string", "const": "sig"],
      "alg": ["type": "string"], "kid": ["type": "string", "maxLength": 128],
    ],
    // A private part in public is the end of a key.
    "not": ["anyOf": [["required": ["d"]], ["required": ["k"]]]],
  ]

  private static func identifier(_ example: Int64) -> JSONValue {
    [
      "type": "integer", "format": "int64", "minimum": 0, "maximum": .integer(.max),
      "examples": [.integer(example)],
    ]
  }

  private static let visible = "^[!-~]+$"
  private static let hostName: String = {
    let label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    return #"^\#(label)(\.\#(label))+$"#
  }()

  private static func closed(required: [String], _ properties: JSONObject) -> JSONObject {
    [
      "type": "object", "additionalProperties": false,
      "required": .array(required.map { .string($0) }), "properties": .object(properties),
    ]
  }
}
#endif
