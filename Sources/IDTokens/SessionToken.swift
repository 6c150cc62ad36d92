public import JOSECore

/// A minted token. Whoever holds it is taken for its user until it expires, so it prints as redacted: what goes into a
/// request is `serialized`, and that must not reach logs or storage.
public struct SessionToken: Sendable, Hashable {
  /// The compact serialization (RFC 7515 §7.1).
  public let serialized: String
  public let expiresAt: NumericDate

  public init(serialized: String, expiresAt: NumericDate) {
    (self.serialized, self.expiresAt) = (serialized, expiresAt)
  }
}

extension SessionToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "SessionToken(<redacted>, expires \(expiresAt))" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
