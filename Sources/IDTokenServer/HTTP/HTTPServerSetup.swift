#if Server
package import HummingbirdCore
import HummingbirdTLS
import JOSECore
import NIOCore
import NIOHTTP1
import NIOSSL
import SystemSupport

extension IssuerConfiguration {
  /// The protocol stack below the responder: HTTP/1.1, TLS and the limits of a connection.
  func server(
    _ certificates: PeerCertificates?, onRefusal: @escaping @Sendable (Refusal, SocketAddress?) -> Void
  ) throws -> HTTPServerBuilder {
    let times = ConnectionGuard.Times(
      idle: .seconds(Int64(limits.idleTimeout)), request: .seconds(Int64(limits.requestTimeout)))
    var http = HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionGuard(times, onRefusal: onRefusal)]
        + (certificates.map { [$0.handler()] } ?? []))
    // The setting bounds all fields together, and so each of them.
    http.httpDecoder.maxHeaderFieldSize = limits.header
    http.httpDecoder.maxHeaderListSize = limits.header
    http.httpDecoder.maxHeaderFieldCount = 100
    let plain = HTTPServerBuilder.http1(configuration: http)
    return try tls?.wrap(plain) ?? plain
  }

  /// The same stack for the benchmarks, which put a constant answer behind it.
  package func bareServer() throws -> HTTPServerBuilder { try server(nil) { _, _ in } }
}

extension TLSFiles {
  /// TLS 1.2 and later. A client certificate is optional.
  func wrap(_ plain: HTTPServerBuilder) throws -> HTTPServerBuilder {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try Self.read(certificate) {
        try NIOSSLCertificate.fromPEMBytes($0).map { .certificate($0) }
      },
      privateKey: .privateKey(try readPrivateKey()))
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = .optionalVerification
    guard let clientCA else {
      // A host is the holder of the private key of a certificate whose fingerprint is registered, whatever CA issued it.
      // TLS has verified the possession of the key; `Authenticator` verifies the fingerprint.
      return try .tls(
        plain,
        configuration: TLSChannelConfiguration(tlsConfiguration: configuration) {
          (_: [NIOSSLCertificate]) in .certificateVerified
        })
    }
    configuration.trustRoots = .certificates(
      try Self.read(clientCA) { try NIOSSLCertificate.fromPEMBytes($0) })
    return try .tls(plain, tlsConfiguration: configuration)
  }

  private func readPrivateKey() throws -> NIOSSLPrivateKey {
    let secret: SecretBytes
    do { secret = try SecretBytes(contentsOf: privateKey) } catch {
      throw SettingsError("\(Setting.tlsPrivateKey.flag): \(error)")
    }
    return try secret.withBytes { bytes in
      do { return try NIOSSLPrivateKey(bytes: bytes.map { $0 }, format: .pem) } catch {
        throw SettingsError("\(Setting.tlsPrivateKey.flag): \(privateKey) holds no private key in PEM")
      }
    }
  }

  private static func read<Result>(_ path: String, _ parse: ([UInt8]) throws -> Result) throws -> Result {
    let bytes: [UInt8]
    do { bytes = try PEMFile.read(path) } catch { throw SettingsError("TLS: \(error)") }
    do { return try parse(bytes) } catch {
      throw SettingsError("TLS: \(path) holds no certificates in PEM (\(error))")
    }
  }
}

/// Reads files with certificates, which are not secret.
enum PEMFile {
  static func read(_ path: String) throws(FileError) -> [UInt8] {
    try POSIXFileSystem().contents(of: path, limit: 1 << 20).bytes
  }
}

/// The maximum number of open connections. Further ones wait to be accepted.
///
/// Without it a client could use up the process's file descriptors with idle connections. Then neither the ring nor the hosts
/// file could be read: no key would rotate, and no credential could be revoked.
enum ConnectionLimit {
  /// - Parameter files: how many files the process may open; `nil` if unlimited.
  static func connections(files: Int?) -> Int? {
    files.map { max($0 / 2, $0 - 128) }
  }
}
#endif
