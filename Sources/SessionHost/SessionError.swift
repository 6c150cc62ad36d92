import IDTokens
package import JOSECore

/// What goes wrong with a session: `getSessionToken()` throws `closed`, a host's set-up throws what it did wrong, and
/// `onRefusal` tells a host why an extension got no token.
public struct SessionError: Error, Sendable, Equatable, CustomStringConvertible {
  package let details: ErrorDetails

  /// A stable name of the reason, for metrics and machines:
  ///
  /// `closed`; `no_authenticated_user`, `not_permitted`, `source_failed`, `deadline_exceeded`, `user_changed`,
  /// `cancelled` for `onRefusal`; `unknown_version`, `unknown_app`, `invalid_app`. There may be more.
  public var code: String { details.code }
  public var description: String { details.description }

  private init(_ code: String, _ description: String) { details = ErrorDetails(code, description) }
}

extension SessionError {
  /// The host has closed the session; an extension that still runs must stop.
  public static let closed = Self("closed", "the session is closed")
  package static let noAuthenticatedUser = Self(
    "no_authenticated_user", "no user is authenticated on the device")
  package static let notPermitted = Self(
    "not_permitted", "the authenticated user lacks the permission for the app")
  package static func sourceFailed(_ error: any Error) -> Self {
    Self("source_failed", "the source of tokens has failed: \(error)")
  }
  package static func deadlineExceeded(_ deadline: Duration) -> Self {
    Self("deadline_exceeded", "the source of tokens gave no answer within \(deadline)")
  }
  package static let userChanged = Self(
    "user_changed", "another user was authenticated while the token was on its way")
  package static let cancelled = Self("cancelled", "the task that asked was cancelled")
  package static func unknownVersion(_ text: String) -> Self {
    Self(
      "unknown_version",
      """
      \(text.debugDescription) is not a known API version; they are quarterly, \(APIVersion.first) to \
      \(APIVersion.latest)
      """)
  }
  /// Thrown by an `AppAuthorizer` for an app that isn't registered.
  public static func unknownApp(_ clientID: String) -> Self {
    Self("unknown_app", "app \(clientID) is not registered")
  }
  package static func invalidApp(_ reason: String) -> Self {
    Self("invalid_app", "the app is refused: \(reason)")
  }
  package static func noSecret(clientID: String) -> Self {
    Self("invalid_app", "app \(clientID) gets HS256 tokens and has no client secret to sign them")
  }
  package static func symmetricAlgorithm(_ algorithm: Algorithm, clientID: String) -> Self {
    Self(
      "invalid_app",
      """
      app \(clientID) can't have \(algorithm): the Shopify profile is HS256, and the ring's keys sign with the \
      asymmetric algorithms
      """)
  }
  package static func duplicateApp(_ clientID: String) -> Self {
    Self("invalid_app", "app \(clientID) is registered twice")
  }
  package static func appsFile(path: String, reason: String) -> Self {
    Self("invalid_app", "\(path) is refused: \(reason)")
  }
}
