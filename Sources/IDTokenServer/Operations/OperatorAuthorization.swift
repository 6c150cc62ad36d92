#if Server
import IDTokens
import JOSECore
import NIOHTTP1

/// Guards the operator's page and the metrics: with the operator credential if there is one. Without one their address is
/// local, which `IssuerConfiguration` checks, and everyone on this machine may see them.
struct OperatorAuthorization: Sendable {
  private let credential: SecretBytes?

  /// - Parameter credential: `nil` if none is set.
  init(_ credential: SecretBytes?) { self.credential = credential }

  func check(_ exchange: Exchange) throws(Refusal) {
    guard let credential else { return try checkName(exchange) }
    if let given = Self.credential(exchange.head.headers.first(name: "authorization")), given == credential {
      return
    }
    var refusal = Refusal(
      .unauthorized, .invalidClient, .invalidClient, "the operator credential is required here")
    // Basic too, because browsers ask for a password. The user name is ignored.
    refusal.fields.append(("www-authenticate", "Basic realm=\"operator\", Bearer realm=\"operator\""))
    throw refusal
  }

  /// A web page may point its own host name here and read the answer in the browser of somebody on this machine (DNS
  /// rebinding).
  private func checkName(_ exchange: Exchange) throws(Refusal) {
    guard let authority = exchange.head.headers.first(name: "host"),
      !LoopbackHost.matches(authority: authority)
    else { return }
    throw Refusal(
      .misdirectedRequest, .invalidRequest, .invalidRequest,
      "the operator's endpoints are at 127.0.0.1 or localhost, not at another name")
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

#endif
