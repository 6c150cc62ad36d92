import JOSECore

/// The number of an authenticated user, which tokens carry as a string of digits in `sub`.
public struct UserID: Sendable, Hashable {
  public let number: UInt64

  public init(_ number: UInt64) { self.number = number }

  public init(_ text: String) throws(IDTokenError) {
    // Digits alone, as `sub` shows them: `UInt64` would take a plus sign and leading zeros too.
    guard let number = UInt64(text), String(number) == text else {
      throw .invalidUser(text)
    }
    self.number = number
  }
}

/// The identifier of an app at the issuer, which tokens carry in `aud` (OpenID Connect Core §2).
public struct ClientID: Sendable, Hashable {
  public let text: String

  /// Visible ASCII, as in RFC 6749 §A.1, and at least one character of it.
  public init(_ text: String) throws(IDTokenError) {
    guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy(\.isVisibleASCII) else {
      throw .invalidClientID(text)
    }
    self.text = text
  }
}

/// What tokens carry in `sid`: one session of one user with one app.
public struct SessionID: Sendable, Hashable {
  public let text: String

  public init(_ text: String) throws(IDTokenError) {
    guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy(\.isVisibleASCII) else {
      throw .invalidSessionID(text)
    }
    self.text = text
  }

  /// 64 hex digits at random, the shape of the documented example.
  public static func random() throws(IDTokenError) -> SessionID {
    let bytes: [UInt8]
    do { bytes = try RandomBuffer.bytes(32) } catch { throw .key(error) }
    return try SessionID(Hex.text(bytes.span))
  }
}

/// The URL that names the issuer in `iss` and under which its metadata lies (OpenID Connect Discovery §3): https, without
/// query and fragment. http is accepted for loopback addresses only.
public struct IssuerURL: Sendable, Hashable {
  public let text: String

  public init(_ text: String) throws(IDTokenError) {
    let isVisible = text.utf8.allSatisfy(\.isVisibleASCII)
    guard isVisible, !text.contains("?"), !text.contains("#"), let host = Self.host(of: text) else {
      throw .invalidIssuer(text)
    }
    guard text.hasPrefix("https://") || LoopbackHost.matches(host) else { throw .invalidIssuer(text) }
    self.text = text
  }

  /// Whether it names this machine: others can't reach an issuer by it.
  package var isLocal: Bool { Self.host(of: text).map { LoopbackHost.matches($0) } ?? false }

  private static func host(of text: String) -> String? {
    guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return nil }
    return LoopbackHost.host(ofAuthority: text.dropFirst(scheme.count).prefix { $0 != "/" })
  }
}
