/// The URL that names the issuer in `iss` and under which its metadata lies (OpenID Connect Discovery §3).
///
/// A literal is checked when it is used, with the error of the throwing initializer.
public struct IssuerURL: Sendable, Hashable, ExpressibleByStringLiteral {
  public let text: String

  /// - Parameter text: an https URL without query and fragment; http on a loopback address.
  public init(_ text: String) throws(IDTokenError) {
    self.text = text
    try check()
  }

  public init(stringLiteral text: String) { self.text = text }

  package func check() throws(IDTokenError) {
    let isVisible = text.utf8.allSatisfy(\.isVisibleASCII)
    guard isVisible, !text.contains("?"), !text.contains("#"), let host = Self.host(of: text) else {
      throw .invalidIssuer(text)
    }
    guard text.hasPrefix("https://") || LoopbackHost.matches(host) else { throw .invalidIssuer(text) }
  }

  /// Whether it names this machine: others can't reach an issuer by it.
  package var isLocal: Bool { Self.host(of: text).map { LoopbackHost.matches($0) } ?? false }

  private static func host(of text: String) -> String? {
    guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return nil }
    return LoopbackHost.host(ofAuthority: text.dropFirst(scheme.count).prefix { $0 != "/" })
  }
}
