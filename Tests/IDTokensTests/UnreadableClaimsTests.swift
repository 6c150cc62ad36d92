import IDTokens
import JOSECore
import Testing

@Suite struct UnreadableClaimsTests {
  func request(_ claims: JSONObject) throws -> TokenRequest {
    try TokenRequest(
      shop: ShopDomain("snow-devil.myshopify.com"), user: UserID(42), clientID: ClientID("my-app"),
      sessionID: SessionID("s"), additionalClaims: claims)
  }

  static let nested = (0..<17).reduce(JSONValue.null) { inner, _ in .array([inner]) }

  @Test(
    "Claims that a verifier couldn't read back are refused before anything is signed",
    arguments: [
      (JSONValue.string(String(repeating: "x", count: 20_000)), "bytes of JSON"), (nested, "nested deeper"),
      (.string("a\u{0}"), "malformed JSON"), (.number(.nan), "can't express"),
      (.number(.infinity), "can't express"),
    ])
  func refused(claim: JSONValue, reason: String) throws {
    let error = #expect(throws: IDTokenError.self) { try request(["x": claim]) }
    #expect("\(try #require(error))".contains(reason))
  }

  @Test("The largest claims that are accepted are minted and verify")
  func largest() throws {
    let secret = try ClientSecret("a-client-secret-of-more-than-32-bytes")
    let request = try request(["x": .string(String(repeating: "x", count: 8000))])
    let token = try TokenIssuer().mint(request, .shopify(secret))
    #expect(
      try TokenVerifier(secrets: [secret]).verify(token.serialized).all["x"] == request.additionalClaims["x"])
  }

  @Test(
    "A user number with leading zeros or a sign is refused: sub would not show what was given",
    arguments: ["007", "+7", "00"])
  func userNumbers(text: String) {
    #expect(throws: IDTokenError.invalidUser(text)) { try UserID(text) }
  }
}
