#if Server
import IDTokens
import JOSECore
import SessionHost

/// What a host asks a token for, as it stands in the body.
struct TokenRequestBody {
  let session: Session
  let user: UserID
  let clientID: ClientID
  /// `nil` leaves it to the issuer.
  let sessionID: SessionID?

  init(_ object: JSONObject) throws(Refusal) {
    var members = Members()
    for member in object.members { try members.take(member) }
    guard let shop = members.shop else { throw .missing("shop") }
    guard let shopID = members.shopID else { throw .missing("shopId") }
    guard let user = members.user else { throw .missing("userId") }
    guard let locationID = members.locationID else { throw .missing("locationId") }
    guard let clientID = members.clientID else { throw .missing("clientId") }
    (self.user, self.clientID, sessionID) = (user, clientID, members.sessionID)
    session = Session(
      shopId: shopID, shopDomain: shop, userId: user, locationId: locationID,
      staffMemberId: members.staffMemberID, currency: members.currency, posVersion: members.posVersion)
  }
}

private struct Members {
  var shop: ShopDomain?
  var shopID: UInt64?
  var user: UserID?
  var locationID: UInt64?
  var staffMemberID: UInt64?
  var currency = ""
  var posVersion = ""
  var clientID: ClientID?
  var sessionID: SessionID?

  mutating func take(_ member: JSONObject.Member) throws(Refusal) {
    switch member.name {
    case "shop": shop = try shop(member)
    case "shopId": shopID = try number(member)
    case "userId": user = UserID(try number(member))
    case "locationId": locationID = try number(member)
    case "staffMemberId": staffMemberID = try number(member)
    case "currency": currency = try currency(member)
    case "posVersion": posVersion = try posVersion(member)
    case "clientId": clientID = try clientID(member)
    case "sessionId": sessionID = try sessionID(member)
    default: throw .invalidRequest("unknown member \(member.name.prefix(40))")
    }
  }

  private func number(_ member: JSONObject.Member) throws(Refusal) -> UInt64 {
    guard let number = member.value.wholeNumber else {
      throw .invalidRequest("\(member.name) is \(member.value.typeName), not an integer")
    }
    guard number >= 0 else { throw .invalidRequest("\(member.name) is negative") }
    return UInt64(number)
  }

  private func text(_ member: JSONObject.Member) throws(Refusal) -> String {
    guard let text = member.value.string else {
      throw .invalidRequest("\(member.name) is \(member.value.typeName), not a string")
    }
    return text
  }

  private func shop(_ member: JSONObject.Member) throws(Refusal) -> ShopDomain {
    let text = try text(member)
    guard let shop = try? ShopDomain(text) else {
      throw .invalidRequest(
        "shop is no host name of a shop; it looks like snow-devil.myshopify.com, without https://")
    }
    return shop
  }

  private func clientID(_ member: JSONObject.Member) throws(Refusal) -> ClientID {
    let text = try text(member)
    guard let clientID = try? ClientID(text) else {
      throw .invalidRequest("clientId is no client ID; it is 1 to 255 visible ASCII characters")
    }
    return clientID
  }

  private func sessionID(_ member: JSONObject.Member) throws(Refusal) -> SessionID {
    let text = try text(member)
    guard let sessionID = try? SessionID(text) else {
      throw .invalidRequest("sessionId is no session ID; it is 1 to 255 visible ASCII characters")
    }
    return sessionID
  }

  private func currency(_ member: JSONObject.Member) throws(Refusal) -> String {
    let text = try text(member)
    guard text.utf8.count == 3, text.utf8.allSatisfy({ (0x41...0x5a).contains($0) }) else {
      throw .invalidRequest("currency is no code of ISO 4217; it looks like CAD")
    }
    return text
  }

  private func posVersion(_ member: JSONObject.Member) throws(Refusal) -> String {
    let text = try text(member)
    guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
      throw .invalidRequest("posVersion is 1 to 64 printable ASCII characters, such as 10.6.0")
    }
    return text
  }
}

extension JSONValue {
  /// 42.0 is 42, as JSON Schema has it; not from 2^53 on, where a fraction's number may be its neighbour.
  fileprivate var wholeNumber: Int64? {
    guard case .number(let number) = self else { return integer }
    return number.magnitude < 9_007_199_254_740_992 ? Int64(exactly: number) : nil
  }
}

extension Refusal {
  fileprivate static func missing(_ member: String) -> Refusal { .invalidRequest("\(member) is missing") }
}
#endif
