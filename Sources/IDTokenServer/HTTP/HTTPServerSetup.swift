#if Server
package import HummingbirdCore
import HummingbirdTLS
import JOSECore
import NIOCore
import NIOHTTP1
import NIOSSL
import SystemSupport

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

extension TLSFiles {
  /// TLS 1.2 and later, client certificates taken where a client has one.
  func wrap(_ plain: HTTPServerBuilder) throws -> HTTPServerBuilder {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try Self.read(certificate) {
        try NIOSSLCertificate.fromPEMBytes($0).map { .certificate($0) }
      },
      privateKey: .privateKey(try readPrivateKey()))
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = .optionalVerification
    guard let clientCA else {
      // Whoever holds the private key of a certificate whose fingerprint is registered is that host, whoever signed it;
      // TLS has seen to the first, and `Authenticator` sees to the second.
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

/// Files with certificates, which are no secret.
enum PEMFile {
  static func read(_ path: String) throws(FileError) -> [UInt8] {
    try POSIXFileSystem().contents(of: path, limit: 1 << 20).bytes
  }
}

/// How many connections are open at once. More wait to be accepted.
///
/// Without it whoever opens connections and says nothing takes every file that the process may open, and then neither the
/// ring nor the hosts file can be read: nothing rotates, and no credential can be taken away.
enum ConnectionLimit {
  /// - Parameter files: how many the process may have open; `nil` where nothing bounds them.
  static func connections(files: Int?) -> Int? {
    files.map { max($0 / 2, $0 - 128) }
  }
}
#endif
