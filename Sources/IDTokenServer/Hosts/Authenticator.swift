#if Server
  import HTTPTypes
  import Hummingbird
  import JWA

  /// Tells which host a request is from: by a bearer credential (RFC 6750 §2.1), else by the connection's client
  /// certificate (as in RFC 8705 §2).
  struct Authenticator {
    private let hosts: HostRegistry
    private let certificates: PeerCertificates?

    init(_ hosts: HostRegistry, _ certificates: PeerCertificates?) {
      (self.hosts, self.certificates) = (hosts, certificates)
    }

    func credential(_ request: Request, _ context: IssuerRequestContext) throws(Refusal) -> Credential {
      guard let field = request.headers[.authorization] else {
        guard let certificate = certificates?.fingerprint(of: context.channel) else {
          throw .unauthenticated("no credential")
        }
        guard let known = hosts.certificate(certificate) else {
          throw .unauthenticated("unknown client certificate \(certificate.text)")
        }
        return known
      }
      guard let text = field.bearer else { throw .unauthenticated("the Authorization field is not Bearer") }
      let fingerprint: Fingerprint
      do { fingerprint = try Fingerprint(of: text.span) } catch { throw .serverError("\(error)") }
      guard let known = hosts.credential(fingerprint) else { throw .unauthenticated("unknown credential") }
      return known
    }
  }

  extension String {
    /// What follows `Bearer ` in any case, where it could be a credential at all.
    fileprivate var bearer: [UInt8]? {
      let bytes = Array(utf8)
      guard bytes.count > 7, bytes.count <= 519, bytes[..<7].map({ $0 | 0x20 }) == Array("bearer ".utf8)
      else {
        return nil
      }
      return Array(bytes[7...])
    }
  }

  extension Refusal {
    fileprivate static func unauthenticated(_ detail: String) -> Refusal {
      var refusal = Refusal(
        .unauthorized, .invalidClient, .invalidClient, "a valid credential of a host is needed",
        detail: detail)
      refusal.fields[.wwwAuthenticate] = "Bearer realm=\"session-token\""
      return refusal
    }
  }
#endif
