import IDTokens
import JOSECore
import SessionHost
import Testing

@Suite struct SessionTokenMessageTests {
  private func message(staffMember: UInt64? = 7, shopID: UInt64 = 1001) -> SessionTokenMessage {
    let user = UserID(42)
    return SessionTokenMessage(
      session: Session(
        shopId: shopID, shopDomain: ShopDomain("snow-devil.myshopify.com"), userId: user, locationId: 5,
        staffMemberId: staffMember, currency: staffMember == nil ? "" : "CAD",
        posVersion: staffMember == nil ? "" : "10.6.0"),
      user: user, clientID: ClientID("loyalty-app"),
      sessionID: staffMember.map { _ in SessionID("one") })
  }

  @Test("A request is written with its members in this order, and without those that have no value")
  func encoding() throws {
    #expect(
      try message().json.description == """
        {"shop":"snow-devil.myshopify.com","shopId":1001,"userId":42,"locationId":5,"staffMemberId":7,\
        "currency":"CAD","posVersion":"10.6.0","clientId":"loyalty-app","sessionId":"one"}
        """)
    #expect(
      try message(staffMember: nil).json.description == """
        {"shop":"snow-devil.myshopify.com","shopId":1001,"userId":42,"locationId":5,"clientId":"loyalty-app"}
        """)
  }

  @Test("What is written is read as the same", arguments: [7, nil])
  func roundTrip(staffMember: UInt64?) throws {
    let message = message(staffMember: staffMember)
    #expect(try SessionTokenMessage(message.json) == message)
  }

  @Test("A number that JSON readers can't hold is refused by the name of its member")
  func largeNumber() throws {
    let error = #expect(throws: SessionTokenMessageError.self) { _ = try message(shopID: 1 << 63).json }
    #expect(error?.member == "shopId")
  }

  @Test(
    "A member that can't be used is named, and its value isn't repeated",
    arguments: [
      ("shop", "1", "shop is an integer, not a string"),
      ("shopId", "\"1\"", "shopId is a string, not an integer"),
      ("userId", "-1", "userId is negative"),
      ("locationId", "1.5", "locationId is a number that is no integer, not an integer"),
      ("secret", "\"s\"", "unknown member secret"),
      ("currency", "\"cad\"", "currency is no code of ISO 4217; it looks like CAD"),
    ])
  func refused(member: String, value: String, reason: String) throws {
    var object = try message().json
    let text = "{\"value\":\(value)}"
    object[member] = try JSONObject(parsing: Array(text.utf8).span)["value"]
    let error = #expect(throws: SessionTokenMessageError.self) { _ = try SessionTokenMessage(object) }
    #expect(error?.member == member && error?.description == reason, "\(error?.description ?? "")")
  }

  @Test("An answer is written and read as the same token")
  func answer() throws {
    let token = IDToken(text: "a.b.c", expiresAt: NumericDate(1_790_000_000))
    var text = ""
    SessionTokenMessage.writeAnswer(token) { text += $0 }
    #expect(text == #"{"token":"a.b.c","expiresAt":1790000000}"#)
    let read = try SessionTokenMessage.token(ofAnswer: JSONObject(parsing: Array(text.utf8).span))
    #expect(read.text == token.text && read.expiresAt == token.expiresAt)
  }

  @Test(
    "An answer without one of its members is refused by the member's name",
    arguments: [
      (#"{"expiresAt":1}"#, "token is missing, not a string"),
      (#"{"token":"a","expiresAt":"1"}"#, "expiresAt is a string, not an integer"),
    ])
  func malformedAnswer(text: String, reason: String) throws {
    let object = try JSONObject(parsing: Array(text.utf8).span)
    let error = #expect(throws: SessionTokenMessageError.self) {
      _ = try SessionTokenMessage.token(ofAnswer: object)
    }
    #expect(error?.description == reason)
  }
}
