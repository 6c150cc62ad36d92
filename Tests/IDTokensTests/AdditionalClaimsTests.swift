import IDTokens
import JOSECore
import Testing

@Suite struct AdditionalClaimsTests {
  static let claims: JSONObject = [
    "text": "plain", "unicode": "Zoë 👩🏽‍💻 \u{2028} \u{7f}", "escapes": "\" \\ / \n \r \t \u{1} \u{1f}",
    "number": -7, "largest": .integer(.max), "smallest": .integer(.min), "fraction": .number(0.25),
    "yes": true, "nothing": .null, "empty": [:], "list": [1, "two", [3, [:]], .null],
    "nested": ["a": ["b": ["c": ["d": false]]]], "a \"quoted\" name": 1, "": "no name",
  ]

  @Test("Additional claims come back with their values unchanged, whatever they hold")
  func roundTrip() throws {
    let token = try Sample.shopifyToken(Sample.content(claims: Self.claims))
    let all = try Sample.secretVerifier().verify(token, at: Sample.now).all
    for member in Self.claims.members { #expect(all[member.name] == member.value) }
  }

  @Test("They stand in their own order, behind the claims of the request and before the times")
  func order() throws {
    let token = try Sample.shopifyToken(Sample.content(claims: ["z": 1, "a": 2, "m": 3]))
    #expect(
      try Parts(token).claims.members.map(\.name)
        == ["iss", "dest", "aud", "sub", "sid", "z", "a", "m", "exp", "nbf", "iat", "jti"])
  }

  @Test(
    "A claim that the issuer sets itself is refused by name",
    arguments: [
      "iss", "dest", "aud", "sub", "exp", "nbf", "iat", "jti", "sid", "azp", "nonce", "auth_time", "acr",
      "amr",
    ])
  func registered(name: String) throws {
    var claims: JSONObject = ["fine": 1]
    claims[name] = "mine"
    let error = #expect(throws: IDTokenError.registeredClaim(name)) {
      _ = try Sample.issuer().token(Sample.content(claims: claims))
    }
    #expect(error?.description.contains("\"\(name)\" is set by the issuer") == true)
  }

  @Test("Names are told apart by case: ISS is not a registered name")
  func caseMatters() throws {
    let token = try Sample.shopifyToken(Sample.content(claims: ["ISS": 1]))
    #expect(try Parts(token).claims["ISS"] == 1)
  }

  @Test("Two names that look alike but differ in their code points are two claims (RFC 7519 §7.3)")
  func normalization() throws {
    let claims = try JSONObject(parsing: Array("{\"caf\u{e9}\":1,\"cafe\u{301}\":2}".utf8).span)
    let token = try Sample.shopifyToken(Sample.content(claims: claims))
    let added = try Parts(token).claims.members.filter { $0.name.hasPrefix("caf") }
    #expect(added.map(\.value) == [1, 2])
  }

  @Test("Every length of the constant part gives a token that verifies", arguments: 0..<9)
  func everyCut(length: Int) throws {
    let request = try Sample.content(claims: ["pad": .string(String(repeating: "x", count: length))])
    let claims = try Sample.secretVerifier().verify(Sample.shopifyToken(request), at: Sample.now)
    #expect(claims.all["pad"]?.string?.count == length)
  }
}
