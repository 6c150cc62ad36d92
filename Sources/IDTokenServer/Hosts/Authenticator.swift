#if Server
import JOSECore
import NIOHTTP1

/// Identifies the host of a request: by a bearer credential (RFC 6750 §2.1), else by the connection's client
/// certificate (as in RFC 8705 §2).
struct Authenticator {
  let hosts: HostRegistry

  func credential(_ head: HTTPRequestHead, _ client: Client) throws(Refusal) -> Credential {
    guard let field = head.headers.first(name: "authorization") else {
      guard let certificate = client.certificate else {
        throw .unauthenticated("no credential")
      }
      guard let known = hosts.certificate(certificate) else {
        throw .unauthenticated("unknown client certificate \(certificate.text)")
      }
      return known
    }
    let bytes = field.utf8.span
    guard bytes.isBearer else { throw .unauthenticated("the Authorization field is not Bearer") }
    let fingerprint: Fingerprint
    do { fingerprint = try Fingerprint(of: bytes.extracting(droppingFirst: 7)) } catch {
      throw .serverError("\(error)")
    }
    guard let known = hosts.credential(fingerprint) else { throw .unauthenticated("unknown credential") }
    return known
  }
}

extension Span<UInt8> {
  /// Whether it is `Bearer `, in any case, followed by up to 512 bytes.
  fileprivate var isBearer: Bool {
    guard count > 7, count <= 519 else { return false }
    let scheme: StaticString = "bearer "
    return scheme.withUTF8Buffer { scheme in
      (0..<7).allSatisfy { unsafe self[$0] | 0x20 == scheme[$0] }
    }
  }
}

extension Refusal {
  fileprivate static func unauthenticated(_ detail: String) -> Refusal {
    var refusal = Refusal(
      .unauthorized, .invalidClient, .invalidClient, "a valid credential of a host is needed",
      detail: detail)
    refusal.fields.append(("www-authenticate", "Bearer realm=\"session-token\""))
    return refusal
  }
}
#endif
