#if Server
import IDTokens

/// Where a server listens.
public enum ListeningAddress: Sendable, Hashable {
  case tcp(host: String, port: Int)
  case unix(path: String)

  /// - Parameter text: `HOST:PORT`, with an IPv6 address in brackets, or `unix:PATH`; `nil` for anything else.
  init?(_ text: String) {
    if text.hasPrefix("unix:") {
      guard text.utf8.count > 5 else { return nil }
      self = .unix(path: String(text.dropFirst(5)))
      return
    }
    guard let host = LoopbackHost.host(ofAuthority: text),
      let port = UInt16(text.dropFirst(host.count + 1))
    else { return nil }
    self = .tcp(host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host, port: Int(port))
  }

  /// Whether only this machine can reach it.
  public var isLocal: Bool {
    switch self {
    case .tcp(let host, _): LoopbackHost.matches(host)
    case .unix: true
    }
  }

  /// The address with the port that the system has chosen for port 0.
  func chosen(_ port: Int?) -> ListeningAddress {
    if let port, case .tcp(let host, _) = self { .tcp(host: host, port: port) } else { self }
  }
}

extension ListeningAddress: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tcp(let host, let port): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
#endif
