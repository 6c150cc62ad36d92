import IDTokens
import JOSECore
import TestSupport
import Testing

@Suite struct IdentifierTests {
  @Test(
    "A user ID is ASCII digits within 64 bits",
    arguments: [
      "", " ", "+1", "-1", "1 ", " 1", "1.0", "0x1", "1e3", "1_000", "abc", "18446744073709551616", "\u{661}",
      "\u{ff11}", "1\u{0}", "1\n", "²", "gid://shopify/Customer/1",
    ])
  func badUsers(text: String) {
    let error = #expect(throws: IDTokenError.invalidUser(text)) { _ = try UserID(text) }
    #expect(error?.description.contains("is not a user ID; it is a number, such as 42") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("User IDs from 0 to the largest of 64 bits are taken")
  func goodUsers() throws {
    #expect(try UserID("0").number == 0)
    #expect(try UserID("18446744073709551615").number == .max)
  }

  @Test(
    "A client ID is 1 to 255 visible ASCII characters",
    arguments: ["", " ", "a b", "a\n", "a\u{7f}", "é", "\u{212A}", String(repeating: "a", count: 256)])
  func badClients(text: String) {
    let error = #expect(throws: IDTokenError.invalidClientID(text)) { _ = try ClientID(text) }
    #expect(error?.description.contains("1 to 255 visible ASCII characters") == true)
  }

  @Test(
    "A session ID is 1 to 255 visible ASCII characters",
    arguments: ["", " ", "a\tb", "ü", String(repeating: "a", count: 256)])
  func badSessions(text: String) {
    let error = #expect(throws: IDTokenError.invalidSessionID(text)) { _ = try SessionID(text) }
    #expect(error?.description.contains("1 to 255 visible ASCII characters") == true)
  }

  @Test("Client and session IDs may have any visible ASCII in them, quotes and backslashes too")
  func goodIdentifiers() throws {
    let visible = String(decoding: 0x21...0x7e as ClosedRange<UInt8>, as: UTF8.self)
    let request = try TokenContent(
      shop: ShopDomain(Sample.shop), user: UserID(1), clientID: ClientID(visible),
      sessionID: SessionID(String(repeating: "\"", count: 255)))
    let claims = try Parts(Sample.shopifyToken(request)).claims
    #expect(claims["aud"] == .string(visible))
    #expect(claims["sid"]?.string?.count == 255)
  }

  @Test("A random session ID is 64 hex digits, another one each time")
  func randomSession() throws {
    let ids = try (0..<100).map { _ in try SessionID.random().text }
    #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{64}/) != nil })
    #expect(Set(ids).count == 100)
  }

  @Test(
    "A lifetime is 1 s to a day, in whole seconds",
    arguments: [
      .zero, .seconds(-1), .seconds(86_401), .seconds(Int64.max), .milliseconds(1500),
    ] as [Duration])
  func badLifetimes(lifetime: Duration) {
    let error = #expect(throws: IDTokenError.self) {
      _ = try Sample.issuer(lifetime: lifetime).token(Sample.content())
    }
    #expect(error?.code == "invalid_lifetime")
    #expect(error?.description.hasSuffix("is refused; it is 1 to 86400 whole seconds") == true)
  }

  @Test("The shortest and the longest lifetime are accepted", arguments: [1, 86_400] as [Int64])
  func goodLifetimes(seconds: Int64) throws {
    let token = try Sample.issuer(lifetime: .seconds(seconds)).token(Sample.content())
    #expect(token.expiresAt == Sample.now.advanced(by: seconds))
  }

  @Test("A bad literal is refused when it is used, with the error of the throwing initializer")
  func literals() {
    #expect(throws: IDTokenError.invalidShop("https://a.myshopify.com")) {
      try Sample.issuer().token(shop: "https://a.myshopify.com", user: 42)
    }
    #expect(throws: IDTokenError.invalidSessionID("a b")) {
      try Sample.issuer().token(shop: "aa.myshopify.com", user: 42, sessionID: "a b")
    }
    #expect(throws: IDTokenError.invalidClientID("")) {
      try RingIssuer(ring: Sample.ring(SampleRing.everyAlgorithm()), clock: .fixed(Sample.now))
        .token(TokenContent(subject: "user-7", audience: [""]), .es256)
    }
    #expect(throws: IDTokenError.invalidIssuer("http://id.example.com")) {
      try RingIssuer(
        url: "http://id.example.com", ring: Sample.ring(SampleRing.everyAlgorithm()),
        clock: .fixed(Sample.now)
      ).token(TokenContent(subject: "user-7", audience: ["app"]), .es256)
    }
  }
}
