#if Server
import HTTPTypes
import Hummingbird
import IDTokens
import JOSECore

/// Who may see the operator's page and the metrics: who has the operator's credential, and clients on this machine as
/// long as the issuer is for this machine alone.
struct OperatorAuthorization {
  private let credential: SecretBytes?
  private let isForThisMachine: Bool

  /// - Parameters:
  ///   - credential: `nil` where there is none.
  ///   - issuer: one that others can reach is often behind a proxy, and not every proxy says that it is one: what comes
  ///     from this machine may come from anywhere.
  init(_ credential: SecretBytes?, issuer: IssuerURL) {
    (self.credential, isForThisMachine) = (credential, issuer.isLocal)
  }

  func check(_ request: Request, _ context: IssuerRequestContext) throws(Refusal) {
    if isLocal(request, context) { return }
    if let credential, let given = Self.credential(request.headers[.authorization]), given == credential {
      return
    }
    var refusal = Refusal(
      .unauthorized, .invalidClient, .invalidClient,
      "for who has the operator's credential; without it only for clients on the machine of an issuer that others can't reach"
    )
    // Basic too, since browsers ask for a password and for nothing else; the user name is ignored.
    refusal.fields[.wwwAuthenticate] = "Basic realm=\"operator\", Bearer realm=\"operator\""
    throw refusal
  }

  /// A proxy on this machine speaks for clients elsewhere, and a page elsewhere may have its own name point here
  /// (DNS rebinding): the connection's address alone says little.
  private func isLocal(_ request: Request, _ context: IssuerRequestContext) -> Bool {
    guard isForThisMachine, context.isLoopback, let authority = request.head.authority,
      !request.headers.contains(where: { $0.name.isOfProxy })
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

extension HTTPField.Name {
  /// What a proxy adds of its own accord or by the examples in its manual.
  fileprivate var isOfProxy: Bool {
    let name = canonicalName
    return name.hasPrefix("x-forwarded") || ["forwarded", "via", "x-real-ip"].contains(name)
  }
}
#endif
