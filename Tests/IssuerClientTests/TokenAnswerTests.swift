#if Server && Client
import IDTokens
import TestIssuer
import IssuerClient
import JOSECore
import SessionHost
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TokenAnswerTests {
  private func reason(_ reply: ScriptedReply) async throws -> String {
    let error = try #require(try await TokenFixture().answer(reply).failure)
    #expect(error.code == .malformedAnswer)
    return error.description
  }

  @Test(
    "a malformed answer is refused, and its content is not repeated",
    arguments: [
      "", "{", "[]", #""token""#, #"{"token": "a.b.c", "token": "a.b.c", "expiresAt": 1}"#,
      #"{"token": 7}"#,
      #"{"expiresAt": 1800000060}"#, #"{"token": null, "expiresAt": 1800000060}"#,
      #"{"token": "eyJhbGciOiJIUzI1NiJ9.secret.part", "expiresAt": 1800000060}"#,
      #"{"token": "a.b", "expiresAt": 1800000060}"#,
      #"{"token": "eyJhbGciOiJub25lIn0.e30.", "expiresAt": 1}"#,
      #"{"token": "eyJsecret" "#,
    ])
  func malformed(text: String) async throws {
    let reason = try await reason(.json(200, text))
    #expect(!reason.contains("secret"))
  }

  @Test("expiresAt is an integer", arguments: [#""1800000060""#, "1800000060.5", "null", "1e99", "true"])
  func expiresAtType(text: String) async throws {
    let token = try TokenFixture().token.text
    let reason = try await reason(.json(200, "{\"token\": \"\(token)\", \"expiresAt\": \(text)}"))
    #expect(reason.contains("expiresAt is ") && reason.hasSuffix("not an integer"))
  }

  @Test("expiresAt is the token's exp")
  func expiresAtDiffers() async throws {
    let token = try TokenFixture().token.text
    #expect(
      try await reason(.json(200, "{\"token\": \"\(token)\", \"expiresAt\": 1900000000}"))
        .hasSuffix("expiresAt is not the token's exp"))
  }

  @Test("unknown members of an answer are ignored")
  func unknownMembers() async throws {
    let fixture = try TokenFixture()
    let text =
      "{\"v\": 2, \"token\": \"\(fixture.token.text)\", \"expiresAt\": \(fixture.token.expiresAt.secondsSinceEpoch)}"
    #expect(try await fixture.answer(.json(200, text)).get() == fixture.token)
  }

  @Test("a page of HTML instead of an answer is refused")
  func html() async throws {
    let page = ScriptedReply(200, ["Content-Type": "text/html"], Array("<html>Wi-Fi login</html>".utf8))
    #expect(try await reason(page).hasSuffix("it is not JSON"))
  }

  @Test("a token for another user or another app is refused")
  func mixedUp() async throws {
    let fixture = try TokenFixture()
    let (user, app) = (fixture.request.user, fixture.request.clientID)
    let others = [
      try TokenFixture.token(UserID(43), app, fixture.secret, at: fixture.now),
      try TokenFixture.token(user, ClientID("other-app"), fixture.secret, at: fixture.now),
    ]
    for token in others {
      #expect(try await fixture.answer(TokenFixture.granted(token)).failure?.code == .malformedAnswer)
    }
  }

  @Test(
    "a token for another shop or another session is refused")
  func mixedUpShop() async throws {
    let fixture = try TokenFixture()
    let (shop, sessionID) = (ShopDomain("other-shop.myshopify.com"), SessionID("another-session"))
    let (ownShop, own) = (fixture.request.session.shopDomain, fixture.request.sessionID)
    for (shop, sessionID, name) in [(shop, own, "shop"), (ownShop, sessionID, "session")] {
      let content = TokenContent(
        shop: shop, user: fixture.request.user, clientID: fixture.request.clientID, sessionID: sessionID)
      let token = try ShopifyIssuer(clock: .fixed(fixture.now)).token(content, fixture.secret)
      #expect(try await reason(TokenFixture.granted(token)).hasSuffix("another \(name)"))
    }
  }

  @Test("an expired token is refused, beyond the clock skew")
  func expired() async throws {
    let fixture = try TokenFixture()
    for (age, isAccepted) in [(Int64(60), true), (119, true), (120, false), (86_400, false)] {
      let issuedAt = NumericDate(fixture.now.secondsSinceEpoch - age)
      let token = try TokenFixture.token(
        fixture.request.user, fixture.request.clientID, fixture.secret, at: issuedAt)
      let answer = try await fixture.answer(TokenFixture.granted(token))
      #expect((try? answer.get()) == (isAccepted ? token : nil), "\(age) s")
      if !isAccepted {
        #expect(answer.failure == .tokenExpired(at: token.expiresAt, now: fixture.now))
      }
    }
  }

  @Test("an answer larger than any token is not read to its end", arguments: [true, false])
  func huge(isChunked: Bool) async throws {
    let body = [UInt8](repeating: UInt8(ascii: " "), count: 4 << 20)
    var reply = ScriptedReply(200, ["Content-Type": "application/json"], body)
    if isChunked {
      let head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n400000\r\n"
      reply = ScriptedReply(raw: Array(head.utf8) + body + Array("\r\n0\r\n\r\n".utf8), closes: false)
    }
    #expect(
      try await TokenFixture().answer(reply).failure == .answerTooLarge(limit: 2 * CompactJWS.maximumLength))
  }
}
#endif
