import IDTokens
package import JOSECore

/// What goes wrong with a session: `getSessionToken()` throws `closed`, a host's set-up throws what it did wrong, and
/// `onRefusal` tells a host why an extension got no token.
public struct SessionError: Error, Sendable, Equatable {
  package let reason: Reason

  package enum Reason: Sendable, Equatable {
    case closed
    case noAuthenticatedUser
    case notPermitted
    case sourceFailed(String)
    case deadlineExceeded(Duration)
    case userChanged
    case cancelled
    case unknownVersion(String)
    case unknownApp(String)
    case invalidApp(String)
    case noSecret(clientID: String)
    case symmetricAlgorithm(Algorithm, clientID: String)
    case duplicateApp(String)
    case appsFile(path: String, reason: String)
  }

  private init(_ reason: Reason) { self.reason = reason }

  /// The host has closed the session; an extension that still runs must stop.
  public static let closed = SessionError(.closed)
  /// Thrown by an `AppAuthorizer` for an app that isn't registered.
  public static func unknownApp(_ clientID: String) -> SessionError { SessionError(.unknownApp(clientID)) }

  /// A stable name of the reason, for metrics and machines:
  ///
  /// `closed`; `no_authenticated_user`, `not_permitted`, `source_failed`, `deadline_exceeded`, `user_changed`,
  /// `cancelled` for `onRefusal`; `unknown_version`, `unknown_app`, `invalid_app`. There may be more.
  public var code: String {
    switch reason {
    case .closed: "closed"
    case .noAuthenticatedUser: "no_authenticated_user"
    case .notPermitted: "not_permitted"
    case .sourceFailed: "source_failed"
    case .deadlineExceeded: "deadline_exceeded"
    case .userChanged: "user_changed"
    case .cancelled: "cancelled"
    case .unknownVersion: "unknown_version"
    case .unknownApp: "unknown_app"
    case .invalidApp, .noSecret, .symmetricAlgorithm, .duplicateApp, .appsFile: "invalid_app"
    }
  }
}

extension SessionError {
  package static let noAuthenticatedUser = SessionError(.noAuthenticatedUser)
  package static let notPermitted = SessionError(.notPermitted)
  package static func sourceFailed(_ error: any Error) -> SessionError {
    SessionError(.sourceFailed("\(error)"))
  }
  package static func deadlineExceeded(_ deadline: Duration) -> SessionError {
    SessionError(.deadlineExceeded(deadline))
  }
  package static let userChanged = SessionError(.userChanged)
  package static let cancelled = SessionError(.cancelled)
  package static func unknownVersion(_ text: String) -> SessionError { SessionError(.unknownVersion(text)) }
  package static func invalidApp(_ reason: String) -> SessionError { SessionError(.invalidApp(reason)) }
  package static func noSecret(clientID: String) -> SessionError {
    SessionError(.noSecret(clientID: clientID))
  }
  package static func symmetricAlgorithm(_ algorithm: Algorithm, clientID: String) -> SessionError {
    SessionError(.symmetricAlgorithm(algorithm, clientID: clientID))
  }
  package static func duplicateApp(_ clientID: String) -> SessionError {
    SessionError(.duplicateApp(clientID))
  }
  package static func appsFile(path: String, reason: String) -> SessionError {
    SessionError(.appsFile(path: path, reason: reason))
  }
}

extension SessionError: CustomStringConvertible {
  public var description: String {
    switch reason {
    case .closed: "the session is closed"
    case .noAuthenticatedUser: "no user is authenticated on the device"
    case .notPermitted: "the authenticated user lacks the permission for the app"
    case .sourceFailed(let reason): "the source of tokens has failed: \(reason)"
    case .deadlineExceeded(let deadline): "the source of tokens gave no answer within \(deadline)"
    case .userChanged: "another user was authenticated while the token was on its way"
    case .cancelled: "the task that asked was cancelled"
    case .unknownVersion(let text):
      """
      \(text.debugDescription) is not a known API version; they are quarterly, \(APIVersion.first) to \
      \(APIVersion.latest)
      """
    case .unknownApp(let clientID): "app \(clientID) is not registered"
    case .invalidApp(let reason): "the app is refused: \(reason)"
    case .noSecret(let clientID): "app \(clientID) gets HS256 tokens and has no client secret to sign them"
    case .symmetricAlgorithm(let algorithm, let clientID):
      """
      app \(clientID) can't have \(algorithm): the Shopify profile is HS256, and the ring's keys sign with the \
      asymmetric algorithms
      """
    case .duplicateApp(let clientID): "app \(clientID) is registered twice"
    case .appsFile(let path, let reason): "\(path) is refused: \(reason)"
    }
  }
}
