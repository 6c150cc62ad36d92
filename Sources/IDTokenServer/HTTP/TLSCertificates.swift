#if Server
import JOSECore
import NIOCore
import NIOSSL
import Synchronization
import SystemSupport

/// The certificate that the server shows, and the authorities of its clients, read again when their files change.
/// Connections keep the one that they began with.
final class TLSCertificates: Sendable {
  let files: TLSFiles
  private let current: Mutex<(context: NIOSSLContext, expiry: NumericDate)>

  init(_ files: TLSFiles) throws {
    self.files = files
    current = Mutex(try files.context())
  }

  func reload() throws {
    let new = try files.context()
    current.withLock { $0 = new }
  }

  /// When the server's certificate expires.
  var expiry: NumericDate { current.withLock { $0.expiry } }

  var watchedFiles: [WatchedFile] {
    let certificate = WatchedFile(
      path: files.certificate, secrets: { [files] in [files.privateKey] }, reload: { [self] in try reload() })
    let clientCA = files.clientCA.map { WatchedFile(path: $0) { [self] in try reload() } }
    return [certificate] + (clientCA.map { [$0] } ?? [])
  }

  func handler() -> NIOSSLServerHandler {
    let context = current.withLock { $0.context }
    // A host is the holder of the private key of a certificate whose fingerprint is registered, whatever CA issued it. TLS
    // has verified the possession of the key; `Authenticator` verifies the fingerprint.
    return files.clientCA == nil
      ? NIOSSLServerHandler(
        context: context, customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) },
        configuration: NIOSSLHandler.Configuration())
      : NIOSSLServerHandler(context: context)
  }
}

extension TLSFiles {
  /// TLS 1.2 and later, HTTP/2 and HTTP/1.1. A client certificate is optional.
  fileprivate func context() throws -> (NIOSSLContext, expiry: NumericDate) {
    let chain = try Self.read(certificate) { try NIOSSLCertificate.fromPEMBytes($0) }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(try readPrivateKey()))
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = .optionalVerification
    configuration.applicationProtocols = ["h2", "http/1.1"]
    if let clientCA {
      configuration.trustRoots = .certificates(
        try Self.read(clientCA) { try NIOSSLCertificate.fromPEMBytes($0) })
    }
    let expiry = chain.first.map { NumericDate(Int64($0.notValidAfter)) } ?? NumericDate(0)
    return (try NIOSSLContext(configuration: configuration), expiry)
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
    do { bytes = try POSIXFileSystem().contents(of: path, limit: 1 << 20).bytes } catch {
      throw SettingsError("TLS: \(error)")
    }
    do { return try parse(bytes) } catch {
      throw SettingsError("TLS: \(path) holds no certificates in PEM (\(error))")
    }
  }
}
#endif
