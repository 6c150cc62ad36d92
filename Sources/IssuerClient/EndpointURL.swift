#if Client
import AsyncHTTPClient

/// Where an issuer is asked: https, or http on this machine's own addresses; no user, no fragment.
public struct EndpointURL: Sendable, Hashable {
  public let text: String

  public init(_ text: String) throws(IssuerClientSetupError) {
    // Parsed by who will open the connection, so that there is one opinion on which host is meant.
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
      !text.contains(where: { "#\\@".contains($0) }),
      let request = try? HTTPClient.Request(url: text)
    else { throw .invalidURL(text) }
    let isLocal = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(request.host.lowercased())
    switch request.scheme.lowercased() {
    case "https": break
    case "http" where isLocal: break
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
