import JOSECore
import Testing

@Suite("The JWS header (RFC 7515 §4)")
struct JWSHeaderTests {
  @Test("is read as far as it decides anything")
  func reads() throws {
    let header = try JWSHeader(["typ": "at+jwt", "kid": "a key", "alg": "PS512", "cty": 1])
    #expect(header == JWSHeader(algorithm: .ps512, keyID: "a key", type: "at+jwt"))
    #expect(try JWSHeader(["alg": "Ed448"]) == JWSHeader(algorithm: .ed448, keyID: nil, type: nil))
  }

  @Test("is written as alg, typ, kid without white space")
  func writes() {
    #expect(JWSHeader(algorithm: .hs256).json.description == #"{"alg":"HS256","typ":"JWT"}"#)
    #expect(
      JWSHeader(algorithm: .es256, keyID: "k\"1", type: nil).json.description
        == #"{"alg":"ES256","kid":"k\"1"}"#)
    #expect(
      JWSHeader(algorithm: .edDSA, keyID: "1").json.description == #"{"alg":"EdDSA","typ":"JWT","kid":"1"}"#)
  }

  @Test("comes back from its own JSON", arguments: Algorithm.allCases)
  func roundTrip(_ algorithm: Algorithm) throws {
    for header in [JWSHeader(algorithm: algorithm), JWSHeader(algorithm: algorithm, keyID: "é", type: nil)] {
      #expect(try JWSHeader(header.json) == header)
    }
  }

  @Test(
    "with alg none, in any spelling, is refused (RFC 8725 §3.2)",
    arguments: ["none", "None", "NONE", "nOnE", "none ", " none", ""])
  func none(_ name: String) {
    #expect(throws: JOSEError.unsupportedAlgorithm(name)) { try JWSHeader(["alg": .string(name)]) }
  }

  @Test("alg none is called by its danger")
  func noneReason() {
    #expect(
      JOSEError.unsupportedAlgorithm("none").description
        == "the token is unsecured (alg none), which is never accepted (RFC 8725 §3.2)")
  }

  @Test(
    "with an algorithm that isn't here is refused by its name",
    arguments: ["HS1", "RS1", "ES256K", "hs256", "HS256 ", "RSA-OAEP", "dir", "ML-DSA-44", "\u{1b}[2J"])
  func unknown(_ name: String) {
    let error = JOSEError.unsupportedAlgorithm(name)
    #expect(throws: error) { try JWSHeader(["alg": .string(name)]) }
    #expect(error.description == "alg \(name.debugDescription) is not supported")
    #expect(!error.description.contains("\u{1b}"))
  }

  @Test("without alg is refused")
  func missing() {
    #expect(throws: JOSEError.header("it has no alg (RFC 7515 §4.1.1)")) { try JWSHeader(["typ": "JWT"]) }
    #expect(throws: JOSEError.header("it has no alg (RFC 7515 §4.1.1)")) { try JWSHeader([:]) }
    #expect(throws: JOSEError.header("it has no alg (RFC 7515 §4.1.1)")) { try JWSHeader(["ALG": "HS256"]) }
  }

  @Test(
    "with alg, kid or typ that is no string is refused",
    arguments: [
      (.null, "null"), (true, "a boolean"), (256, "an integer"),
      (.number(1.5), "a number that is no integer"),
      (["HS256"], "an array"), (["HS256": 1], "an object"),
    ] as [(JSONValue, String)])
  func types(_ value: JSONValue, _ found: String) {
    let header: JSONObject = ["alg": "HS256", "typ": "JWT", "kid": "1"]
    for name in ["alg", "typ", "kid"] {
      #expect(throws: JOSEError.header("\(name) is \(found), not a string")) {
        try JWSHeader(header.with(name, value))
      }
    }
  }

  @Test(
    "with crit is refused, whatever it lists (RFC 7515 §4.1.11)",
    arguments: [["b64"], ["exp"], [], "b64", .null, ["alg"], 1] as [JSONValue])
  func critical(_ value: JSONValue) {
    #expect(throws: JOSEError.criticalHeader(value.description)) {
      try JWSHeader(["alg": "HS256", "crit": value])
    }
  }

  @Test("never gives a key: jku, jwk, x5u and x5c are read by nobody (RFC 8725 §3.10)")
  func embeddedKeys() throws {
    let header = try JWSHeader([
      "alg": "ES256", "kid": "1", "jku": "https://evil.example/jwks", "x5u": "https://evil.example/cert",
      "x5c": ["AAAA"], "x5t": 5, "jwk": .object(Published.ecPublic),
    ])
    #expect(header == JWSHeader(algorithm: .es256, keyID: "1", type: nil))
  }
}
