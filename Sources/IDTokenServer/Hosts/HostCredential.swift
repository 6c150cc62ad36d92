#if Server
public import JOSECore
public import SystemSupport

/// A new credential: 32 random bytes in base64url. It is shown once or goes into a file; the hosts file has its hash.
public struct HostCredential: Sendable {
  /// What the host sends after `Bearer`.
  public let text: String
  let fingerprint: Fingerprint

  public init() throws(JWAError) {
    let bytes = try RandomBuffer.bytes(32)
    text = Base64URL.encode(bytes.span)
    let characters = Array(text.utf8)
    fingerprint = try Fingerprint(of: characters.span)
  }

  /// The first digits of its hash, by which it is spoken of.
  public var name: String { String(fingerprint.text.prefix(12)) }

  /// Writes it into a new file that its owner alone can read.
  public func write(to path: String) throws(FileError) {
    let files = POSIXFileSystem()
    let file = try files.create(path, permissions: 0o600)
    let line = Array((text + "\n").utf8)
    try files.append(line.span, to: file)
    try files.synchronize(file)
  }
}

extension HostCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "HostCredential(<redacted>, \(name))" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
