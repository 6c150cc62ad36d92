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

/// Where a host gets tokens from: an issuer in the same process, or one elsewhere.
public protocol SessionTokenSource: Sendable {
  /// A fresh token, or `nil` when the user lacks the permission for the app.
  func sessionToken(for request: SessionTokenRequest) async throws -> SessionToken?

  /// Whether `sessionToken(for:)` promises to return without waiting for anything. Then no timer guards it, and
  /// a source that breaks the promise keeps extensions waiting.
  var answersAtOnce: Bool { get }
}

extension SessionTokenSource {
  public var answersAtOnce: Bool { false }
}
