#if Client
import AsyncHTTPClient
import IDTokens

/// The URL of an issuer's endpoint: https, or http for loopback addresses; no user, no fragment.
public struct EndpointURL: Sendable, Hashable {
  public let text: String

  public init(_ text: String) throws(IssuerClientSetupError) {
    // Parsed by the client that will open the connection, so that both mean the same host.
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
      !text.contains(where: { "#\\@".contains($0) }),
      let request = try? HTTPClient.Request(url: text)
    else { throw .invalidURL(text) }
    switch request.scheme.lowercased() {
    case "https": break
    case "http" where LoopbackHost.matches(request.host): break
    default: throw .invalidURL(text)
    }
    self.text = text
  }

  private init(checked text: String) { self.text = text }

  /// The URL of an endpoint under this one.
  func appending(_ path: String) throws(IssuerClientSetupError) -> EndpointURL {
    guard !text.contains("?") else { throw .invalidURL(text) }
    return EndpointURL(checked: (text.hasSuffix("/") ? String(text.dropLast()) : text) + path)
  }
}

extension EndpointURL: CustomStringConvertible {
  public var description: String { text }
}
#endif
