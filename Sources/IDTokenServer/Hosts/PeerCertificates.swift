#if Server
import JOSECore
import NIOCore
import NIOSSL
import NIOTLS
import Synchronization

/// The client certificates of open connections, by the SHA-256 of their DER: hashed once for each connection.
final class PeerCertificates: Sendable {
  private let fingerprints = Mutex<[ObjectIdentifier: Fingerprint]>([:])

  func fingerprint(of channel: any Channel) -> Fingerprint? {
    fingerprints.withLock { $0[ObjectIdentifier(channel)] }
  }

  fileprivate func keep(_ fingerprint: Fingerprint?, of channel: any Channel) {
    fingerprints.withLock { $0[ObjectIdentifier(channel)] = fingerprint }
  }

  /// What each connection has in its pipeline, after TLS.
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
