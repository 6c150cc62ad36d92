import IDTokens
import JOSECore
import Testing

@Suite("A token has one spelling, and every other is refused") struct VerifierEncodingTests {
  private static func refusal(_ token: String) throws -> VerificationError? {
    #expect(throws: VerificationError.self) {
      _ = try Sample.secretVerifier().verify(token, at: Sample.now)
    }
  }

  @Test("Cut anywhere, it does not verify")
  func truncated() throws {
    let token = try Sample.shopifyToken()
    for count in 0..<token.utf8.count {
      let code = try #require(try Self.refusal(String(token.prefix(count)))).code
      #expect(code == "malformed" || code == "invalid_signature")
    }
  }

  @Test(
    "Parts missing or added are counted",
    arguments: [("", 1), ("a", 1), ("a.b", 2), ("a.b.c.d", 4), ("....", 5)])
  func parts(token: String, count: Int) throws {
    #expect(try Self.refusal(token) == .malformed(.parts(count)))
  }

  @Test(
    "Padding, white space and the other base64 alphabet are refused",
    arguments: ["=", " ", "\n", "+", "/", "\u{e9}"])
  func foreignCharacters(character: String) throws {
    let parts = try Parts(Sample.shopifyToken()).encoded
    for place in 0..<3 {
      var changed = parts
      changed[place] += character
      #expect(try Self.refusal(changed.joined(separator: "."))?.code == "malformed")
      changed[place] = character + parts[place]
      #expect(try Self.refusal(changed.joined(separator: "."))?.code == "malformed")
    }
  }

  @Test("Bits that belong to no byte must be zero: the last character has one spelling")
  func strayBits() throws {
    let token = try Sample.shopifyToken()
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    let last = try #require(token.last.flatMap(alphabet.firstIndex))
    for place in alphabet.indices where place != last {
      let error = try Self.refusal(token.dropLast() + String(alphabet[place]))
      // 32 bytes of HMAC leave two bits over in the 43rd character.
      let expected: VerificationError =
        place % 4 == 0
        ? .invalidSignature(.hs256) : .malformed(.encoding(part: "signature", .strayBits))
      #expect(error == expected)
    }
  }

  @Test("The bearer prefix is not part of a token")
  func bearer() throws {
    #expect(try Self.refusal("Bearer " + Sample.shopifyToken())?.code == "malformed")
  }

  @Test("A token that is too long is refused before it is looked at")
  func tooLong() throws {
    let limit = CompactJWS.maximumLength
    let token = String(repeating: "a", count: limit + 1)
    #expect(try Self.refusal(token) == .malformed(.tokenTooLong(bytes: limit + 1, limit: limit)))
    #expect(try Self.refusal(String(token.dropLast())) == .malformed(.parts(1)))
    #expect(try Self.refusal(String(repeating: ".", count: limit)) == .malformed(.parts(limit + 1)))
  }

  @Test("A claim given twice is refused, whichever value comes first (RFC 7519 §4)")
  func duplicateClaims() throws {
    let claims = Forgery.claims().dropLast()
    for name in ["aud", "exp", "sub"] {
      let error = try Self.refusal(Forgery.shopify(claims + #","\#(name)":"x"}"#))
      #expect(error?.description.contains("duplicate") == true)
    }
    let escaped = try Self.refusal(Forgery.shopify(claims + #","\u0061ud":"x"}"#))
    #expect(escaped?.description.contains("duplicate") == true)
  }

  @Test("A header member given twice is refused (RFC 7515 §4)")
  func duplicateHeader() throws {
    let token = try Forgery.token(#"{"alg":"HS256","alg":"HS256"}"#, Forgery.secretKey())
    #expect(try Self.refusal(token)?.description.contains("duplicate") == true)
  }

  @Test("Nesting is bounded in header and claims, brackets in strings apart")
  func deep() throws {
    let deep = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
    let error = try Self.refusal(Forgery.shopify(Forgery.claims(["x": deep])))
    #expect(error == .malformed(.json(part: "payload", .tooDeep(limit: 16))))
    let header = try Forgery.token(#"{"alg":"HS256","x":\#(deep)}"#, Forgery.secretKey())
    #expect(try Self.refusal(header) == .malformed(.json(part: "header", .tooDeep(limit: 16))))
    let text = try Forgery.shopify(Forgery.claims(["x": "\"\(deep)\""]))
    #expect(try Sample.secretVerifier().verify(text, at: Sample.now).all["x"] == .string(deep))
  }
}
