import JOSECore

// Literals of these types are checked when they are used, with the error of the throwing initializer.

/// The number of an authenticated user, which tokens carry as a string of digits in `sub`.
public struct UserID: Sendable, Hashable, ExpressibleByIntegerLiteral {
  public let number: UInt64

  public init(_ number: UInt64) { self.number = number }
  public init(integerLiteral number: UInt64) { self.number = number }

  public init(_ text: String) throws(IDTokenError) {
    // Digits alone, as `sub` shows them: `UInt64` would take a plus sign and leading zeros too.
    guard let number = UInt64(text), String(number) == text else {
      throw .invalidUser(text)
    }
    self.number = number
  }
}

/// The identifier of an app at the issuer, which tokens carry in `aud` (OpenID Connect Core §2).
public struct ClientID: Sendable, Hashable, ExpressibleByStringLiteral {
  public let text: String
  private let isValid: Bool

  /// - Parameter text: 1 to 255 visible ASCII characters (RFC 6749 §A.1).
  public init(_ text: String) throws(IDTokenError) {
    self.init(stringLiteral: text)
    try check()
  }

  public init(stringLiteral text: String) { (self.text, isValid) = (text, text.isIdentifier) }

  package func check() throws(IDTokenError) {
    guard isValid else { throw .invalidClientID(text) }
  }
}

/// What tokens carry in `sid`: one session of one user with one app.
public struct SessionID: Sendable, Hashable, ExpressibleByStringLiteral {
  public let text: String
  private let isValid: Bool

  /// - Parameter text: 1 to 255 visible ASCII characters.
  public init(_ text: String) throws(IDTokenError) {
    self.init(stringLiteral: text)
    try check()
  }

  public init(stringLiteral text: String) { (self.text, isValid) = (text, text.isIdentifier) }

  package func check() throws(IDTokenError) {
    guard isValid else { throw .invalidSessionID(text) }
  }

  /// 64 random hex digits, the shape of the documented example.
  public static func random() throws(IDTokenError) -> SessionID {
    let bytes: [UInt8]
    do { bytes = try RandomBuffer.bytes(32) } catch { throw .key(error) }
    return try SessionID(Hex.text(bytes.span))
  }
}

extension String {
  fileprivate var isIdentifier: Bool {
    let text = utf8
    let bytes = text.span
    return (1...255).contains(bytes.count) && bytes.indices.allSatisfy { bytes[$0].isVisibleASCII }
  }
}
