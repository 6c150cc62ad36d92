import JOSECore
import Testing

extension JSONObject {
  init(_ text: String) throws {
    let value = try JSONValue(parsing: text)
    self = try #require(value.object)
  }

  /// The object with one member set to another value, or without it.
  func with(_ name: String, _ value: JSONValue?) -> JSONObject {
    var copy = self
    copy[name] = value
    return copy
  }
}

extension String {
  var base64URL: String { Array(utf8).base64URL }
}

/// JWKs whose private values were published in RFC 7515 A.3, RFC 8037 A.1 and RFC 7517 §A.3.
enum Published {
  static let ec: JSONObject = [
    "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
  ]
  static let okp: JSONObject = [
    "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  ]
  static let oct: JSONObject = [
    "kty": "oct",
    "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
  ]
  /// The public key of RFC 7638 §3.1.
  static let rsaPublic: JSONObject = [
    "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
    "n": """
    0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi\
    FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnY\
    b9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0\
    Ls1jF44-csFCur-kEgU8awapJzKnqDKgw
    """,
  ]

  static let ecPublic = ec.with("d", nil)
  static let okpPublic = okp.with("d", nil)
}
