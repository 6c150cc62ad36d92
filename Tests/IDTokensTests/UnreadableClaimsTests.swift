import IDTokens
import JOSECore
import TestSupport
import Testing

@Suite struct UnreadableClaimsTests {
  static let nested = (0..<17).reduce(JSONValue.null) { inner, _ in .array([inner]) }

  @Test(
    "Claims that a verifier couldn't read back are refused before anything is signed",
    arguments: [
      (JSONValue.string(String(repeating: "x", count: 20_000)), "bytes of JSON"), (nested, "nested deeper"),
      (.string("a\u{0}"), "malformed JSON"), (.number(.nan), "can't express"),
      (.number(.infinity), "can't express"),
    ])
  func refused(claim: JSONValue, reason: String) throws {
    let error = #expect(throws: IDTokenError.self) {
      try Sample.issuer().token(Sample.content(claims: ["x": claim]))
    }
    #expect(error?.code == "invalid_claims" && error?.description.contains(reason) == true)
  }

  @Test("The largest claims that are accepted are minted and verify")
  func largest() throws {
    let secret = try ClientSecret("a-client-secret-of-more-than-32-bytes")
    let content = try Sample.content(claims: ["x": .string(String(repeating: "x", count: 8000))])
    let token = try ShopifyIssuer().token(content, secret)
    #expect(
      try TokenVerifier(.secret(secret), audience: .unchecked, issuer: .anyShop).verify(token.text).all["x"]
        == content.claims["x"])
  }

  @Test(
    "A user number with leading zeros or a sign is refused: sub would not show what was given",
    arguments: ["007", "+7", "00"])
  func userNumbers(text: String) {
    #expect(throws: IDTokenError.invalidUser(text)) { try UserID(text) }
  }
}
