package import IDTokens
package import JOSECore

/// The request of `POST /session-token` and its answer, as they stand in JSON. Server and client both use this.
package struct SessionTokenMessage: Sendable, Equatable {
  package let session: Session
  package let user: UserID
  package let clientID: ClientID
  /// `nil` leaves it to the issuer.
  package let sessionID: SessionID?

  package init(session: Session, user: UserID, clientID: ClientID, sessionID: SessionID? = nil) {
    (self.session, self.user, self.clientID, self.sessionID) = (session, user, clientID, sessionID)
  }

  package init(_ request: SessionTokenRequest) {
    self.init(
      session: request.session, user: request.user, clientID: request.clientID, sessionID: request.sessionID)
  }

  /// - Throws: an error that names the member.
  package init(_ object: JSONObject) throws(SessionTokenMessageError) {
    var (shop, clientID, sessionID): (ShopDomain?, ClientID?, SessionID?)
    var (shopID, userID, locationID, staffMemberID): (UInt64?, UInt64?, UInt64?, UInt64?)
    var (currency, posVersion) = ("", "")
    // A member that can't be used is reported before one that is missing.
    for member in object.members {
      let (name, value) = (member.name, member.value)
      switch name {
      case "shop": shop = try Self.shop(name, value)
      case "shopId": shopID = try Self.number(name, value)
      case "userId": userID = try Self.number(name, value)
      case "locationId": locationID = try Self.number(name, value)
      case "staffMemberId": staffMemberID = try Self.number(name, value)
      case "currency": currency = try Self.currency(name, value)
      case "posVersion": posVersion = try Self.posVersion(name, value)
      case "clientId": clientID = try Self.clientID(name, value)
      case "sessionId": sessionID = try Self.sessionID(name, value)
      default: throw SessionTokenMessageError(name, "unknown member \(name.shownName)")
      }
    }
    let (domain, shopNumber) = (try Self.required("shop", shop), try Self.required("shopId", shopID))
    user = UserID(try Self.required("userId", userID))
    session = Session(
      shopId: shopNumber, shopDomain: domain, userId: user,
      locationId: try Self.required("locationId", locationID), staffMemberId: staffMemberID,
      currency: currency, posVersion: posVersion)
    self.clientID = try Self.required("clientId", clientID)
    self.sessionID = sessionID
  }

  /// The members that have a value.
  ///
  /// - Throws: an error for a number above 2⁶³ − 1.
  package var json: JSONObject {
    get throws(SessionTokenMessageError) {
      var object: JSONObject = ["shop": .string(session.shopDomain.host)]
      let numbers: [(String, UInt64?)] = [
        ("shopId", session.shopId), ("userId", user.number), ("locationId", session.locationId),
        ("staffMemberId", session.staffMemberId),
      ]
      for case (let name, let number?) in numbers {
        guard let integer = Int64(exactly: number) else {
          throw SessionTokenMessageError(name, "\(name) is larger than 9223372036854775807")
        }
        object[name] = .integer(integer)
      }
      if !session.currency.isEmpty { object["currency"] = .string(session.currency) }
      if !session.posVersion.isEmpty { object["posVersion"] = .string(session.posVersion) }
      object["clientId"] = .string(clientID.text)
      if let sessionID { object["sessionId"] = .string(sessionID.text) }
      return object
    }
  }
}

extension SessionTokenMessage {
  /// Writes the answer, `{"token": …, "expiresAt": …}`. A token is base64url and dots, so nothing has to be escaped.
  @inlinable
  package static func writeAnswer(_ token: IDToken, _ write: (String) -> Void) {
    write("{\"token\":\"")
    write(token.text)
    write("\",\"expiresAt\":")
    write(String(token.expiresAt.secondsSinceEpoch))
    write("}")
  }

  /// The token of an answer. Further members are allowed: a later version may have them.
  package static func token(ofAnswer object: JSONObject) throws(SessionTokenMessageError) -> IDToken {
    guard let text = object["token"]?.string else {
      throw SessionTokenMessageError("token", object["token"], isNot: "a string")
    }
    guard let expiresAt = object["expiresAt"]?.integer else {
      throw SessionTokenMessageError("expiresAt", object["expiresAt"], isNot: "an integer")
    }
    return IDToken(text: text, expiresAt: NumericDate(expiresAt))
  }
}

/// The member of a message that can't be used, and why.
package struct SessionTokenMessageError: Error, Sendable, Equatable, CustomStringConvertible {
  package let member: String
  /// A sentence that names the member and never repeats its value.
  package let description: String

  fileprivate init(_ member: String, _ description: String) {
    (self.member, self.description) = (member, description)
  }

  fileprivate init(_ member: String, _ value: JSONValue?, isNot type: String) {
    self.init(member, "\(member) is \(value?.typeName ?? "missing"), not \(type)")
  }
}

extension SessionTokenMessage {
  private static func number(_ name: String, _ value: JSONValue) throws(SessionTokenMessageError) -> UInt64 {
    guard let number = value.wholeNumber else {
      throw SessionTokenMessageError(name, value, isNot: "an integer")
    }
    guard number >= 0 else { throw SessionTokenMessageError(name, "\(name) is negative") }
    return UInt64(number)
  }

  private static func shop(_ name: String, _ value: JSONValue) throws(SessionTokenMessageError) -> ShopDomain
  {
    try parsed(
      name, value, "shop is no host name of a shop; it looks like snow-devil.myshopify.com, without https://"
    ) { try? ShopDomain($0) }
  }

  private static func clientID(_ name: String, _ value: JSONValue) throws(SessionTokenMessageError)
    -> ClientID
  {
    try parsed(name, value, "clientId is no client ID; it is 1 to 255 visible ASCII characters") {
      try? ClientID($0)
    }
  }

  private static func sessionID(_ name: String, _ value: JSONValue) throws(SessionTokenMessageError)
    -> SessionID
  {
    try parsed(name, value, "sessionId is no session ID; it is 1 to 255 visible ASCII characters") {
      try? SessionID($0)
    }
  }

  private static func currency(_ name: String, _ value: JSONValue) throws(SessionTokenMessageError) -> String
  {
    try parsed(name, value, "currency is no code of ISO 4217; it looks like CAD") { text in
      text.utf8.count == 3 && text.utf8.allSatisfy { (0x41...0x5a).contains($0) } ? text : nil
    }
  }

  private static func posVersion(_ name: String, _ value: JSONValue) throws(SessionTokenMessageError)
    -> String
  {
    try parsed(name, value, "posVersion is 1 to 64 printable ASCII characters, such as 10.6.0") { text in
      (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7e).contains($0) } ? text : nil
    }
  }

  private static func required<Value>(
    _ name: String, _ value: Value?
  ) throws(SessionTokenMessageError) -> Value {
    guard let value else { throw SessionTokenMessageError(name, "\(name) is missing") }
    return value
  }

  private static func parsed<Value>(
    _ name: String, _ value: JSONValue, _ reason: String, _ parse: (String) -> Value?
  ) throws(SessionTokenMessageError) -> Value {
    guard let text = value.string else { throw SessionTokenMessageError(name, value, isNot: "a string") }
    guard let parsed = parse(text) else { throw SessionTokenMessageError(name, reason) }
    return parsed
  }
}

extension JSONValue {
  /// 42.0 is 42, as JSON Schema has it; not from 2^53 on, where a fraction's number may be its neighbour.
  fileprivate var wholeNumber: Int64? {
    guard case .number(let number) = self else { return integer }
    return number.magnitude < 9_007_199_254_740_992 ? Int64(exactly: number) : nil
  }
}

extension String {
  /// The name of a member, for a message that may be logged. A credential, sent as a name by mistake, is longer.
  fileprivate var shownName: String { utf8.count <= 24 ? self : "of \(utf8.count) bytes" }
}
