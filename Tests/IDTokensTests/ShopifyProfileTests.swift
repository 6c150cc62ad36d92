import IDTokens
import JOSECore
import Testing

@Suite struct ShopifyProfileTests {
  @Test("The first part is exactly the base64url of {\"alg\":\"HS256\",\"typ\":\"JWT\"}")
  func headerBytes() throws {
    let first = try Parts(Sample.shopifyToken()).encoded[0]
    #expect(first == "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9")
    #expect(try Base64URL.decode(first) == Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
  }

  @Test("The token has the form that laravel-shopify's IDToken asks for")
  func laravelPattern() throws {
    let form = /eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\.[A-Za-z0-9\-_=]+\.[A-Za-z0-9\-_=]*/
    #expect(try Sample.shopifyToken().wholeMatch(of: form) != nil)
    let openID = try Sample.openIDToken(.es256, ring: SampleRing.everyAlgorithm())
    #expect(openID.wholeMatch(of: form) == nil)
  }

  @Test("The claims are those of the profile, with their types, and no others")
  func claims() throws {
    let claims = try Parts(Sample.shopifyToken()).claims
    #expect(
      claims.members.map(\.name) == ["iss", "dest", "aud", "sub", "sid", "exp", "nbf", "iat", "jti"])
    #expect(claims["iss"] == "https://snow-devil.myshopify.com/admin")
    #expect(claims["dest"] == "https://snow-devil.myshopify.com")
    #expect(claims["aud"] == .string(Sample.clientID))
    #expect(claims["sub"] == "42")
    #expect(claims["sid"] == .string(Sample.sessionID))
    #expect(claims["iat"] == .integer(Sample.now.secondsSinceEpoch))
    #expect(claims["nbf"] == claims["iat"])
    #expect(claims["exp"] == .integer(Sample.now.secondsSinceEpoch + 60))
  }

  @Test("jti is a version 4 UUID (RFC 9562 §5.4)")
  func tokenID() throws {
    let uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    for _ in 0..<64 {
      let tokenID = try #require(try Parts(Sample.shopifyToken()).claims["jti"]?.string)
      #expect(tokenID.wholeMatch(of: uuid) != nil)
    }
  }

  @Test("exp is iat plus the lifetime that was asked for", arguments: [1, 59, 300, 86_400] as [Int64])
  func lifetime(seconds: Int64) throws {
    let token = try Sample.issuer(lifetime: .seconds(seconds)).token(Sample.content())
    let claims = try Parts(token.text).claims
    #expect(claims["exp"] == .integer(Sample.now.secondsSinceEpoch + seconds))
  }

  @Test("The largest user ID stands in sub digit for digit")
  func largestUser() throws {
    let request = try TokenContent(
      shop: ShopDomain(Sample.shop), user: UserID(.max), clientID: ClientID("app"), sessionID: SessionID("s"))
    #expect(try Parts(Sample.shopifyToken(request)).claims["sub"] == "18446744073709551615")
  }

  @Test("A shop under another domain gets no token of this profile, and the reason names the rule")
  func otherDomain() throws {
    let request = TokenContent(
      shop: ShopDomain("shop.example.com"), user: UserID(1), clientID: ClientID("app"),
      sessionID: SessionID("s"))
    let error = #expect(throws: IDTokenError.notMyshopify("shop.example.com")) {
      _ = try Sample.shopifyToken(request)
    }
    #expect(error?.description.contains("{shop}.myshopify.com") == true)
  }
}
