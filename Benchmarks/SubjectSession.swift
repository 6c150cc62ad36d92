import IDTokens
import SessionHost

extension Subject {
  /// What an extension of the app has of a session.
  func sessionAPI() throws -> SessionAPI {
    let apps = InMemoryApps()
    apps.register(
      try AppRegistration(clientID: content.audience[0], secret: secret, signedResponseAlgorithm: algorithm))
    apps.permit(Self.user, toUse: content.audience[0], in: Self.shop)
    let session = Session(
      shopId: 1001, shopDomain: Self.shop, userId: Self.user, locationId: 5, staffMemberId: 7,
      currency: "CAD", posVersion: "10.6.0")
    let source =
      if let url, let ring {
        SessionTokenIssuer(apps, url: url, ring: ring, multiBuffer: lanes)
      } else {
        SessionTokenIssuer(apps)
      }
    return SessionController(session, deviceId: 3003, tokens: source).api(for: content.audience[0])
  }
}
