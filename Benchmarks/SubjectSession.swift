import IDTokens
import SessionHost

extension Subject {
  /// What an extension of the app has of a session.
  func sessionAPI() throws -> SessionAPI {
    let apps = InMemoryApps()
    apps.register(
      try AppRegistration(clientID: request.clientID, secret: secret, signedResponseAlgorithm: algorithm))
    apps.permit(request.user, toUse: request.clientID, in: request.shop)
    let session = Session(
      shopId: 1001, shopDomain: request.shop, userId: request.user, locationId: 5, staffMemberId: 7,
      currency: "CAD", posVersion: "10.6.0")
    let source = LocalTokenSource(issuer, apps: apps, permissions: apps)
    return SessionController(session, deviceId: 3003, tokens: source).api(for: request.clientID)
  }
}
