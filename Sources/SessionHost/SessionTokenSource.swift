public import IDTokens

/// What a token is asked for: an app, an authenticated user, and the session they are in.
public struct SessionTokenRequest: Sendable, Hashable {
  public let session: Session
  public let user: UserID
  public let clientID: ClientID
  public let sessionID: SessionID

  public init(session: Session, user: UserID, clientID: ClientID, sessionID: SessionID) {
    (self.session, self.user, self.clientID, self.sessionID) = (session, user, clientID, sessionID)
  }
}

/// Where a host gets tokens from: a `SessionTokenIssuer` in the same process, or an issuer elsewhere.
public protocol SessionTokenSource: Sendable {
  /// A fresh token, or `nil` if the user lacks the permission for the app.
  func sessionToken(for request: SessionTokenRequest) async throws -> IDToken?

  /// The issuer, if it is in this process: then one authorization serves many tokens.
  var localIssuer: SessionTokenIssuer? { get }
}

extension SessionTokenSource {
  public var localIssuer: SessionTokenIssuer? { nil }
}
