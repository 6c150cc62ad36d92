#if Server
package import HummingbirdCore
import NIOCore
import NIOHTTP1

extension IssuerConfiguration {
  /// What answers are carried by: the protocol, TLS, and the limits of a connection.
  func server(
    _ certificates: PeerCertificates?, onRefusal: @escaping @Sendable (Refusal, SocketAddress?) -> Void
  ) throws -> HTTPServerBuilder {
    let times = ConnectionGuard.Times(
      idle: .seconds(Int64(limits.idleTimeout)), request: .seconds(Int64(limits.requestTimeout)))
    var http = HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionGuard(times, onRefusal: onRefusal)]
        + (certificates.map { [$0.handler()] } ?? []))
    // Together they are what is set; one alone may not be longer either.
    http.httpDecoder.maxHeaderFieldSize = limits.header
    http.httpDecoder.maxHeaderListSize = limits.header
    http.httpDecoder.maxHeaderFieldCount = 100
    let plain = HTTPServerBuilder.http1(configuration: http)
    return try tls?.wrap(plain) ?? plain
  }

  /// The same with nothing behind it, for measurements: what any answer costs.
  package func bareServer() throws -> HTTPServerBuilder { try server(nil) { _, _ in } }
}
#endif
