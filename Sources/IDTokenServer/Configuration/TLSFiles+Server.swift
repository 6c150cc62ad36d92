#if Server
import HummingbirdCore
import HummingbirdTLS
import JOSECore
import NIOSSL

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
#endif
