#if JavaScript
import JOSECore
import SessionHost

/// What an extension reads of its session, as JSON with the names of the POS Session API.
struct SessionState {
  private let session: SessionAPI

  init(_ session: SessionAPI) { self.session = session }

  var currentSession: String {
    let current = session.currentSession
    var object: JSONObject = [
      "shopId": .id(current.shopId), "shopDomain": .string(current.shopDomain),
      "locationId": .id(current.locationId),
    ]
    object["userId"] = current.userId.map(JSONValue.id)
    object["staffMemberId"] = current.staffMemberId.map(JSONValue.id)
    object["currency"] = current.currency.map(JSONValue.string)
    object["posVersion"] = current.posVersion.map(JSONValue.string)
    return JSONValue.object(object).text()
  }

  /// `nil` while nobody is pinned.
  var staffMember: String? {
    guard let member = session.staffMember?.value else { return nil }
    return JSONValue.object(["id": .id(member.id)]).text()
  }
}

extension JSONValue {
  /// A number in JavaScript is exact up to 2⁵³; Shopify's IDs stay below.
  static func id(_ id: UInt64) -> JSONValue {
    Int64(exactly: id).map(JSONValue.integer) ?? .number(Double(id))
  }
}
#endif
