import IDTokens
import JOSECore
import Testing

@Suite struct VerifierClaimTests {
  private static func refusal(_ changes: KeyValuePairs<String, String?>) throws -> VerificationError? {
    let token = try Forgery.shopify(Forgery.claims(changes))
    return #expect(throws: VerificationError.self) {
      _ = try Sample.secretVerifier().verify(token, at: Sample.now)
    }
  }

  @Test("The forged sample itself verifies: what is refused below is refused for its change")
  func sample() throws {
    let claims = try Sample.secretVerifier().verify(Forgery.shopify(Forgery.claims()), at: Sample.now)
    #expect(claims.tokenID == "6f8f0f3e-6f0a-4a52-9d5e-5b1f4f0f3a10")
  }

  @Test(
    "A time is an integer and nothing else", arguments: ["exp", "nbf", "iat"],
    [
      ("1800000060.0", "a number that is no integer"), ("1.8e9", "a number that is no integer"),
      (#""1800000060""#, "a string"), ("true", "a boolean"), ("null", "null"), ("[1800000060]", "an array"),
      ("{}", "an object"),
    ])
  func times(name: String, value: (json: String, type: String)) throws {
    let error = try Self.refusal([name: value.json])
    #expect(error == .wrongClaimType(name, expected: "an integer", found: value.type))
    #expect(error?.description == "the claim \(name) is \(value.type), not an integer")
    #expect(error?.code == "wrong_claim_type")
  }

  @Test(
    "A time that no integer holds is refused",
    arguments: ["9223372036854775808", "1e999", "-9223372036854775809"])
  func hugeTimes(value: String) throws {
    #expect(try Self.refusal(["exp": value])?.code == "malformed")
  }

  @Test(
    "aud is a string or a list of strings that isn't empty",
    arguments: ["1", "null", "true", "{}", "[]", "[1]", #"["\#(Sample.clientID)",1]"#])
  func audience(value: String) throws {
    let error = try Self.refusal(["aud": value])
    #expect(error?.code == "wrong_claim_type")
    #expect(error?.description.hasSuffix("not a string or a list of strings") == true)
  }

  @Test("The other registered claims are strings", arguments: ["iss", "sub", "dest", "jti", "sid"])
  func strings(name: String) throws {
    for (value, type) in [("42", "an integer"), ("null", "null"), ("[]", "an array")] {
      #expect(try Self.refusal([name: value]) == .wrongClaimType(name, expected: "a string", found: type))
    }
  }

  @Test("A claim that is required is missed by name", arguments: ["iss", "sub", "aud", "exp", "iat", "dest"])
  func missing(name: String) throws {
    let error = try Self.refusal([name: nil])
    #expect(error == .missingClaim(name))
    #expect(error?.description == "the claim \(name) is missing")
  }

  @Test("jti, sid and nbf may be missing", arguments: ["jti", "sid", "nbf"])
  func optional(name: String) throws {
    let token = try Forgery.shopify(Forgery.claims([name: nil]))
    #expect(try Sample.secretVerifier().verify(token, at: Sample.now).all[name] == nil)
  }

  @Test("Control characters that aren't escaped make no JSON, and an escaped NUL is refused too")
  func controlCharacters() throws {
    for byte in 0..<0x20 as Range<UInt8> {
      let text = "\"a" + String(decoding: [byte], as: UTF8.self) + "b\""
      #expect(try Self.refusal(["sub": text])?.code == "malformed")
    }
    #expect(try Self.refusal(["sub": #""a\u0000b""#])?.code == "malformed")
    #expect(try Self.refusal([#"a\u0000b"#: "1"])?.code == "malformed")
  }

  @Test(
    "Claims that are no JSON object are refused",
    arguments: ["", "[]", "1", "\"x\"", "null", "{", "{}}", "{}\u{0}", "{'a':1}"])
  func noObject(payload: String) throws {
    let token = try Forgery.shopify(payload)
    let error = #expect(throws: VerificationError.self) {
      _ = try Sample.secretVerifier().verify(token, at: Sample.now)
    }
    #expect(error?.code == "malformed")
    #expect(error?.description.contains("payload") == true)
  }

  @Test("Bytes that are no UTF-8 make no JSON")
  func invalidUTF8() throws {
    let payload = Array(Forgery.claims().utf8.dropLast()) + Array(",\"x\":\"".utf8) + [0xff, 0x22, 0x7d]
    let input = Forgery.encode(#"{"alg":"HS256","typ":"JWT"}"#) + "." + Forgery.encode(payload)
    let token = input + "." + Forgery.encode(try Forgery.signature(input, Forgery.secretKey()))
    #expect(throws: VerificationError.self) { _ = try Sample.secretVerifier().verify(token, at: Sample.now) }
  }

  @Test("The signature is checked before anything in the claims is believed")
  func signatureFirst() throws {
    let parts = try Forgery.shopify("no json").split(separator: ".")[0...1]
    let token = parts.joined(separator: ".") + "." + Forgery.encode(String(repeating: "x", count: 32))
    #expect(throws: VerificationError.invalidSignature(.hs256)) {
      _ = try Sample.secretVerifier().verify(token, at: Sample.now)
    }
  }
}
