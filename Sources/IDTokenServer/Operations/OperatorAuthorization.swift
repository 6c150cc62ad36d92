#if Server
import IDTokens
import JOSECore
import NIOHTTP1

/// Guards the operator's page and the metrics: the operator credential opens them. Without it they are open to local clients
/// of an issuer whose URL is a loopback address.
struct OperatorAuthorization: Sendable {
  private let credential: SecretBytes?
  private let isLocalIssuer: Bool

  /// - Parameters:
  ///   - credential: `nil` if none is set.
  ///   - issuer: an issuer that others can reach is often behind a proxy on the same machine, and not every proxy adds its
  ///     fields. A local connection then proves nothing.
  init(_ credential: SecretBytes?, issuer: IssuerURL) {
    (self.credential, isLocalIssuer) = (credential, issuer.isLocal)
  }

  func check(_ exchange: Exchange) throws(Refusal) {
    if isLocal(exchange) { return }
    if let credential, let given = Self.credential(exchange.head.headers.first(name: "authorization")),
      given == credential
    {
      return
    }
    var refusal = Refusal(
      .unauthorized, .invalidClient, .invalidClient,
      "Requires the operator credential. Without one, only local clients of an issuer bound to loopback are allowed."
    )
    // Basic too, because browsers ask for a password. The user name is ignored.
    refusal.fields.append(("www-authenticate", "Basic realm=\"operator\", Bearer realm=\"operator\""))
    throw refusal
  }

  /// The address of the connection is not enough: a proxy on this machine forwards clients from elsewhere, and a web page may
  /// point its own host name here (DNS rebinding).
  private func isLocal(_ exchange: Exchange) -> Bool {
    guard isLocalIssuer, exchange.client.isLoopback,
      let authority = exchange.head.headers.first(name: "host"),
      !exchange.head.headers.contains(where: { $0.name.isOfProxy })
    else { return false }
    return LoopbackHost.matches(authority: authority)
  }

  private static func credential(_ field: String?) -> SecretBytes? {
    guard let field, let space = field.firstIndex(of: " ") else { return nil }
    let rest = field[field.index(after: space)...]
    switch field[..<space].lowercased() {
    case "bearer": return SecretBytes(utf8: String(rest))
    case "basic": return password(rest)
    default: return nil
    }
  }

  /// Base64 of `user:password` (RFC 7617 §2).
  private static func password(_ text: Substring) -> SecretBytes? {
    let urlSafe = text.utf8.compactMap { byte -> UInt8? in
      switch byte {
      case UInt8(ascii: "="): nil
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      default: byte
      }
    }
    guard let bytes = try? Base64URL.decode(urlSafe.span),
      let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
    else {
      return nil
    }
    var password = Array(bytes[(colon + 1)...])
    return SecretBytes(wiping: &password)
  }
}

extension String {
  /// Whether proxies add it, by default or by the examples in their manuals.
  fileprivate var isOfProxy: Bool {
    let name = lowercased()
    return name.hasPrefix("x-forwarded") || ["forwarded", "via", "x-real-ip"].contains(name)
  }
}
#endif
