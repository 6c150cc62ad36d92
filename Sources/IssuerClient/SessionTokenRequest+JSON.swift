#if Client
import IDTokens
import JOSECore
import SessionHost

extension SessionTokenRequest {
  /// The body of `POST /session-token`.
  var body: [UInt8] {
    get throws(IssuerClientError) {
      var object: JSONObject = [
        "shop": .string(session.shopDomain.host), "shopId": try .number("shopId", session.shopId),
        "userId": try .number("userId", user.number),
        "locationId": try .number("locationId", session.locationId),
      ]
      if let staffMember = session.staffMemberId {
        object["staffMemberId"] = try .number("staffMemberId", staffMember)
      }
      object["currency"] = .string(session.currency)
      object["posVersion"] = .string(session.posVersion)
      object["clientId"] = .string(clientID.text)
      object["sessionId"] = .string(sessionID.text)
      var writer = JSONWriter()
      writer.write(object)
      return writer.bytes
    }
  }
}

extension JSONValue {
  fileprivate static func number(_ member: String, _ value: UInt64) throws(IssuerClientError) -> JSONValue {
    guard let integer = Int64(exactly: value) else { throw .outOfRange(member: member) }
    return .integer(integer)
  }
}
#endif
