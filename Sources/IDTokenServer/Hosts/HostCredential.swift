#if Server
public import JOSECore
package import SystemSupport

/// A new credential: 32 random bytes in base64url. It is shown once or written to a file; the hosts file has its hash.
public struct HostCredential: Sendable {
  /// What the host sends after `Bearer`.
  public let text: String
  let fingerprint: Fingerprint

  public init() throws(JOSEError) {
    let bytes = try RandomBuffer.bytes(32)
    text = Base64URL.encode(bytes.span)
    let characters = Array(text.utf8)
    fingerprint = try Fingerprint(of: characters.span)
  }

  /// The first digits of its hash, for display.
  public var name: String { String(fingerprint.text.prefix(12)) }

  /// Writes it to a new file that only its owner can read.
  package func write(to path: String) throws(FileError) {
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

/// A SHA-256: of a credential's text, or of a certificate's DER.
///
/// A slow password hash isn't needed, because a credential has 256 random bits. It would slow down every request.
struct Fingerprint: Sendable {
  let bytes: [UInt8]
  /// The key of look-ups. Their timing reveals at most a part of a hash, from which no credential can be made.
  let prefix: UInt64

  init(of bytes: Span<UInt8>) throws(JOSEError) { self.init(bytes: try MessageDigest.sha256.hash(bytes)) }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
    prefix = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// 64 hex digits, with colons between them as `openssl x509 -fingerprint` prints them, or none.
  init?(_ text: String) {
    let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
      guard let value = Self.value(of: digit) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    self.init(bytes: bytes)
  }

  func isEqualInConstantTime(to other: Fingerprint) -> Bool {
    bytes.span.isEqualInConstantTime(to: other.bytes.span)
  }

  /// 64 hex digits in lower case.
  var text: String {
    bytes.reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
#endif
