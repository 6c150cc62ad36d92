#if Server
import JOSECore
import NIOCore
import Synchronization

/// The hosts that may request tokens, from a JSON file:
///
///     {"hosts": [{
///       "name": "till-1",
///       "credentials": [{"sha256": "…64 hex digits…", "created": "2026-11-21T08:00:00Z"}],
///       "certificates": [{"sha256": "…64 hex digits…"}],
///       "shops": ["snow-devil.myshopify.com"], "apps": ["loyalty-app"],
///       "rate": {"per_second": 100, "burst": 200}}]}
///
/// A credential is identified by the SHA-256 of its text, a client certificate by that of its DER. Several are valid at once,
/// so that one can be replaced without downtime. `["*"]` stands for every shop or app. Unknown members are refused.
public final class HostRegistry: Sendable {
  public let path: String
  private let standard: Rate
  private let contents: Mutex<Contents>

  private struct Contents {
    /// By the first bytes of a hash. The whole hash is compared afterwards.
    var credentials: [UInt64: Credential] = [:]
    var certificates: [UInt64: Credential] = [:]
  }

  /// - Parameter standard: the rate of hosts without one in the file.
  public init(_ path: String, standard: Rate = .standard) throws(HostsFileError) {
    (self.path, self.standard) = (path, standard)
    contents = Mutex(try Self.contents(path, standard, keeping: Contents()))
  }

  /// Reads the file again. If that fails, the earlier content stays in effect.
  public func reload() throws(HostsFileError) {
    let current = contents.withLock { $0 }
    let read = try Self.contents(path, standard, keeping: current)
    contents.withLock { $0 = read }
  }

  func credential(_ fingerprint: Fingerprint) -> Credential? {
    let found = contents.withLock { $0.credentials[fingerprint.prefix] }
    return found.flatMap { $0.fingerprint.isEqualInConstantTime(to: fingerprint) ? $0 : nil }
  }

  func certificate(_ fingerprint: Fingerprint) -> Credential? {
    let found = contents.withLock { $0.certificates[fingerprint.prefix] }
    return found.flatMap { $0.fingerprint.isEqualInConstantTime(to: fingerprint) ? $0 : nil }
  }

  private static func contents(
    _ path: String, _ standard: Rate, keeping old: Contents
  ) throws(HostsFileError) -> Contents {
    var contents = Contents()
    for entry in try HostsFile.read(path, standard: standard) {
      for fingerprint in entry.credentials {
        let credential = Credential(fingerprint, entry.host, after: old.credentials[fingerprint.prefix])
        guard contents.credentials.updateValue(credential, forKey: fingerprint.prefix) == nil else {
          throw HostsFileError(
            path: path, reason: "host \(entry.host.name) has a credential that occurs twice")
        }
      }
      for fingerprint in entry.certificates {
        let credential = Credential(fingerprint, entry.host, after: old.certificates[fingerprint.prefix])
        guard contents.certificates.updateValue(credential, forKey: fingerprint.prefix) == nil else {
          throw HostsFileError(
            path: path, reason: "host \(entry.host.name) has a certificate that occurs twice")
        }
      }
    }
    return contents
  }
}

/// A credential or certificate of a host, with its rate limit.
final class Credential: Sendable {
  let fingerprint: Fingerprint
  let host: Host
  let bucket: TokenBucket

  /// - Parameter previous: the same credential before the file was read again. It doesn't get a fresh burst.
  init(_ fingerprint: Fingerprint, _ host: Host, after previous: Credential?) {
    (self.fingerprint, self.host) = (fingerprint, host)
    bucket =
      previous.flatMap { $0.bucket.rate == host.rate ? $0.bucket : nil }
      ?? TokenBucket(host.rate, at: .now())
  }
}
#endif
