#if Server
  import HTTPTypes
  import Hummingbird
  import JOSE
  import JWA

  /// Who may see the operator's page and the metrics: clients on this machine, and who has the operator's credential.
  struct OperatorGate {
    private let credential: SecretBytes?

    /// - Parameter credential: `nil` where clients on this machine are all.
    init(_ credential: SecretBytes?) { self.credential = credential }

    func check(_ request: Request, _ context: IssuerRequestContext) throws(Refusal) {
      if isLocal(request, context) { return }
      if let credential, let given = Self.credential(request.headers[.authorization]), given == credential {
        return
      }
      var refusal = Refusal(
        .unauthorized, .invalidClient, .invalidClient,
        "for clients on the issuer's own machine, or with the operator's credential")
      // Basic too, since browsers ask for a password and for nothing else; the user name is ignored.
      refusal.fields[.wwwAuthenticate] = "Basic realm=\"operator\", Bearer realm=\"operator\""
      throw refusal
    }

    /// A proxy on this machine speaks for clients elsewhere, and a page elsewhere may have its own name point here
    /// (DNS rebinding): the connection's address alone says little.
    private func isLocal(_ request: Request, _ context: IssuerRequestContext) -> Bool {
      guard context.isLoopback, let authority = request.head.authority,
        !request.headers.contains(where: { $0.name.isOfProxy })
      else { return false }
      let host =
        authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
      return ["localhost", "127.0.0.1", "[::1]"].contains(host.lowercased())
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
