#if JavaScript
import IDTokens
import SessionHost

/// A point of sale with one app, and a person at it.
struct POSTill {
  let app: ClientID
  let controller: SessionController
  private let apps = InMemoryApps()
  private let user = UserID(42)
  private let decidesPermissions: Bool

  init(_ tokens: POSTokenOptions) async throws {
    app = try ClientID(tokens.clientID)
    decidesPermissions = !tokens.isRemote
    let shop = ShopDomain("snow-devil.myshopify.com")
    apps.permit(user, toUse: app, in: shop)
    let session = Session(
      shopId: 1001, shopDomain: shop, userId: user, locationId: 5, staffMemberId: 7, currency: "CAD",
      posVersion: "10.6.0")
    controller = SessionController(
      session, deviceId: 3003, tokens: try await tokens.source(apps),
      onRefusal: { app, reason in try? Output.line("host: no token for \(app.text): \(reason)") })
  }

  /// - Throws: where somebody else decides.
  func permit(_ isPermitted: Bool) throws {
    guard decidesPermissions else {
      throw POSError(reason: "the issuer decides who may use the app: change its apps file")
    }
    let shop = controller.session.shopDomain
    if isPermitted {
      apps.permit(user, toUse: app, in: shop)
    } else {
      apps.forbid(user, toUse: app, in: shop)
    }
  }

  var summary: String {
    let session = controller.session
    let staffMember = session.staffMemberId.map { "staff member \($0) is pinned" } ?? "nobody is pinned"
    let user = session.userId.map { "user \($0.number) is authenticated" } ?? "nobody is authenticated"
    return "\(session.shopDomain.host), location \(session.locationId): \(user), \(staffMember)"
  }
}

struct POSError: Error, CustomStringConvertible {
  let reason: String
  var description: String { reason }
}
#endif
