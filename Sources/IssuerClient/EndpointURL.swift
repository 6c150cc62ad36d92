#if Client
import AsyncHTTPClient
import IDTokens

/// The URL of an issuer: https, or http on this machine; without user and fragment.
public struct EndpointURL: Sendable, Hashable {
  public let text: String

  /// - Throws: `IssuerClientError` with the code `invalidURL`.
  public init(_ text: String) throws(IssuerClientError) {
    // The HTTP client's own parser: what is checked here is the host that is connected to.
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
  func appending(_ path: String) throws(IssuerClientError) -> EndpointURL {
    guard !text.contains("?") else { throw .invalidURL(text) }
    return EndpointURL(checked: (text.hasSuffix("/") ? String(text.dropLast()) : text) + path)
  }
}

extension EndpointURL: CustomStringConvertible {
  public var description: String { text }
}
#endif
