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
    guard case .malformedAnswer(let reason) = try await TokenBench().answer(reply).failure else {
      throw AskedAgain()
    }
    return reason
  }

  @Test(
    "an answer that is not what the protocol says is refused, and what it said is not repeated",
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
    let token = try TokenBench().token.text
    _ = try await reason(.json(200, "{\"token\": \"\(token)\", \"expiresAt\": \(text)}"))
  }

  @Test("expiresAt is the token's exp")
  func expiresAtDiffers() async throws {
    let token = try TokenBench().token.text
    #expect(
      try await reason(.json(200, "{\"token\": \"\(token)\", \"expiresAt\": 1900000000}"))
        == "expiresAt is not the token's exp")
  }

  @Test("members that nobody knows yet are passed over")
  func unknownMembers() async throws {
    let bench = try TokenBench()
    let text =
      "{\"v\": 2, \"token\": \"\(bench.token.text)\", \"expiresAt\": \(bench.token.expiresAt.secondsSinceEpoch)}"
    #expect(try await bench.answer(.json(200, text)).get() == bench.token)
  }

  @Test("a page of HTML in place of the answer is refused")
  func html() async throws {
    let page = ScriptedReply(200, ["Content-Type": "text/html"], Array("<html>Wi-Fi login</html>".utf8))
    #expect(try await reason(page) == "it is not JSON")
  }

  @Test("another user's token, or another app's, is not handed out: some cache answered")
  func mixedUp() async throws {
    let bench = try TokenBench()
    let (user, app) = (bench.request.user, bench.request.clientID)
    let others = [
      try TokenBench.token(UserID(43), app, bench.secret, at: bench.now),
      try TokenBench.token(user, ClientID("other-app"), bench.secret, at: bench.now),
    ]
    for token in others {
      guard case .malformedAnswer = try await bench.answer(TokenBench.granted(token)).failure else {
        throw AskedAgain()
      }
    }
  }

  @Test(
    "a token of another shop, whose users have the same numbers, or of another session is not handed out")
  func mixedUpShop() async throws {
    let bench = try TokenBench()
    let (shop, sessionID) = (try ShopDomain("other-shop.myshopify.com"), try SessionID("another-session"))
    let (ownShop, own) = (bench.request.session.shopDomain, bench.request.sessionID)
    for (shop, sessionID, name) in [(shop, own, "shop"), (ownShop, sessionID, "session")] {
      let request = try TokenContent(shop: shop, user: bench.request.user, clientID: bench.request.clientID, sessionID: sessionID)
      let token = try ShopifyIssuer(clock: .fixed(bench.now)).token(request, bench.secret)
      #expect(try await reason(TokenBench.granted(token)).hasSuffix("another \(name)"))
    }
  }

  @Test("a token that has expired is refused, but for the skew of clocks")
  func expired() async throws {
    let bench = try TokenBench()
    for (age, isAccepted) in [(Int64(60), true), (119, true), (120, false), (86_400, false)] {
      let issuedAt = NumericDate(bench.now.secondsSinceEpoch - age)
      let token = try TokenBench.token(
        bench.request.user, bench.request.clientID, bench.secret, at: issuedAt)
      let answer = try await bench.answer(TokenBench.granted(token))
      #expect((try? answer.get()) == (isAccepted ? token : nil), "\(age) s")
      if !isAccepted {
        #expect(answer.failure == .tokenExpired(at: token.expiresAt, now: bench.now))
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
      try await TokenBench().answer(reply).failure == .answerTooLarge(limit: 2 * CompactJWS.maximumLength))
  }
}
#endif
