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

  /// The same answers without waiting for anything, if the source can give them so: then no timer guards them and no task
  /// is spent on them, which costs several times as much as a token. A source that waits in it keeps extensions waiting.
  var immediate: (any ImmediateTokenSource)? { get }
}

extension SessionTokenSource {
  public var immediate: (any ImmediateTokenSource)? { nil }
}

/// Answers as a `SessionTokenSource` does, from memory.
public protocol ImmediateTokenSource: Sendable {
  func sessionToken(for request: SessionTokenRequest) throws -> SessionToken?
}
