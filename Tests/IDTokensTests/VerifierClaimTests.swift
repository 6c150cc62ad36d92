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
    "A time is a number and nothing else", arguments: ["exp", "nbf", "iat"],
    [
      (#""1800000060""#, "a string"), ("true", "a boolean"), ("null", "null"), ("[1800000060]", "an array"),
      ("{}", "an object"), ("1e300", "a number that is no integer"),
    ])
  func times(name: String, value: (json: String, type: String)) throws {
    let error = try Self.refusal([name: value.json])
    #expect(error == .wrongClaimType(name, expected: "a number of seconds", found: value.type))
    #expect(error?.description == "the claim \(name) is \(value.type), not a number of seconds")
    #expect(error?.code == "wrong_claim_type")
  }

  @Test("A time may have a fraction (RFC 7519 §2), which is dropped", arguments: ["exp", "nbf", "iat"])
  func fractions(name: String) throws {
    let seconds = Sample.now.secondsSinceEpoch + (name == "exp" ? 60 : 0)
    for text in ["\(seconds).0", "\(seconds).75", "\(Double(seconds))"] {
      let token = try Forgery.shopify(Forgery.claims([name: text]))
      let claims = try Sample.secretVerifier().verify(token, at: Sample.now)
      let read = ["exp": claims.expiresAt, "nbf": claims.notBefore, "iat": claims.issuedAt][name] ?? nil
      #expect(read == NumericDate(seconds))
    }
    #expect(try Self.refusal(["exp": "\(Sample.now.secondsSinceEpoch - 10).5"])?.code == "expired")
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

  @Test("nbf may be missing")
  func optional() throws {
    let token = try Forgery.shopify(Forgery.claims(["nbf": nil]))
    #expect(try Sample.secretVerifier().verify(token, at: Sample.now).notBefore == nil)
  }

  @Test("A Shopify token has jti and sid; another issuer's may do without", arguments: ["jti", "sid"])
  func shopifyClaims(name: String) throws {
    #expect(try Self.refusal([name: nil]) == .missingClaim(name))
    let token = try Forgery.shopify(Forgery.claims([name: nil]))
    var verifier = try Sample.secretVerifier()
    verifier.issuer = .shop(try ShopDomain(Sample.shop))
    #expect(try verifier.verify(token, at: Sample.now).all[name] == nil)
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
    #expect(try Sample.secretVerifier().refusal(token) == "malformed")
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
