/// The URL that names the issuer in `iss` and under which its metadata lies (OpenID Connect Discovery §3).
///
/// A literal is checked when it is used, with the error of the throwing initializer.
public struct IssuerURL: Sendable, Hashable, ExpressibleByStringLiteral {
  public let text: String
  private let isValid: Bool

  /// - Parameter text: an https URL without query and fragment; http on a loopback address.
  public init(_ text: String) throws(IDTokenError) {
    self.init(stringLiteral: text)
    try check()
  }

  public init(stringLiteral text: String) { (self.text, isValid) = (text, Self.isValid(text)) }

  package func check() throws(IDTokenError) {
    guard isValid else { throw .invalidIssuer(text) }
  }

  private static func isValid(_ text: String) -> Bool {
    let isVisible = text.utf8.allSatisfy(\.isVisibleASCII)
    guard isVisible, !text.contains("?"), !text.contains("#"), let host = host(of: text) else { return false }
    return text.hasPrefix("https://") || LoopbackHost.matches(host)
  }

  /// Whether it names this machine: others can't reach an issuer by it.
  package var isLocal: Bool { Self.host(of: text).map { LoopbackHost.matches($0) } ?? false }

  private static func host(of text: String) -> String? {
    guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return nil }
    return LoopbackHost.host(ofAuthority: text.dropFirst(scheme.count).prefix { $0 != "/" })
  }
}
