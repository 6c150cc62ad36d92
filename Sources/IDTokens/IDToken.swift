public import JOSECore

/// A minted ID token. Its text stands for its subject until it expires, so it prints as redacted: `text` goes into a
/// request, and must not reach logs or storage.
public struct IDToken: Sendable, Hashable {
  /// The compact serialization (RFC 7515 §7.1).
  public let text: String
  /// The claim `exp`.
  public let expiresAt: NumericDate

  public init(text: String, expiresAt: NumericDate) { (self.text, self.expiresAt) = (text, expiresAt) }
}

extension IDToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "IDToken(<redacted>, expires \(expiresAt))" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
