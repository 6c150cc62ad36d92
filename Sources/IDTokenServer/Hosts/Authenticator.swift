#if Server
import HTTPTypes
import Hummingbird
import JOSECore
import NIOCore
import NIOSSL
import NIOTLS
import Synchronization

/// Identifies the host of a request: by a bearer credential (RFC 6750 §2.1), else by the connection's client
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
    refusal.fields[.wwwAuthenticate] = "Bearer realm=\"session-token\""
    return refusal
  }
}

/// The fingerprints of the client certificates of open connections, computed once for each connection.
final class PeerCertificates: Sendable {
  private let fingerprints = Mutex<[ObjectIdentifier: Fingerprint]>([:])

  func fingerprint(of channel: any Channel) -> Fingerprint? {
    fingerprints.withLock { $0[ObjectIdentifier(channel)] }
  }

  fileprivate func keep(_ fingerprint: Fingerprint?, of channel: any Channel) {
    fingerprints.withLock { $0[ObjectIdentifier(channel)] = fingerprint }
  }

  /// The handler that each connection has in its pipeline, after TLS.
  func handler() -> any RemovableChannelHandler { PeerCertificateHandler(self) }
}

private final class PeerCertificateHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Any

  private let certificates: PeerCertificates

  init(_ certificates: PeerCertificates) { self.certificates = certificates }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted = event as? TLSUserEvent,
      let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate(),
      let bytes = try? certificate.toDERBytes(), let fingerprint = try? Fingerprint(of: bytes.span)
    {
      certificates.keep(fingerprint, of: context.channel)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    certificates.keep(nil, of: context.channel)
    context.fireChannelInactive()
  }
}
#endif
