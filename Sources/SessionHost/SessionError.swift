import IDTokens

/// What `getSessionToken()` throws, and what a host does wrong when it sets a session up.
public enum SessionError: Error, Sendable, Equatable {
  /// The host has closed the session; an extension that still runs must stop.
  case closed
  case unknownVersion(String)
}

extension SessionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .closed: "the session is closed"
    case .unknownVersion(let text):
      "\(text.debugDescription) is no known API version; they are quarterly, \(APIVersion.first) to \(APIVersion.latest)"
    }
  }
}

/// Why an extension got no token. It isn't told; its host is.
public enum SessionTokenRefusal: Sendable {
  case noAuthenticatedUser
  /// The source answered empty: the authenticated user lacks the permission for the app.
  case notPermitted
  case sourceFailed(any Error)
  case deadlineExceeded(Duration)
  /// Somebody else was authenticated while the token was on its way.
  case userChanged
  case cancelled
}
