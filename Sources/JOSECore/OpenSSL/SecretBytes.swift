import COpenSSL
package import SystemSupport

/// Bytes that must not be seen: a client secret, a passphrase, the PEM of a private key.
///
/// They live in memory of their own, wiped when the last reference goes, and print as `<redacted>`.
/// Two are compared in constant time. Every read goes through `withBytes`, which makes reads greppable.
@safe
public final class SecretBytes: @unchecked Sendable {
  private let buffer: UnsafeMutableBufferPointer<UInt8>

  /// Takes over the bytes of an array and wipes it, so that no second copy stays behind.
  public init(wiping source: inout [UInt8]) {
    unsafe buffer = .allocate(capacity: source.count)
    _ = unsafe buffer.initialize(from: source)
    source.wipe()
    source = []
  }

  /// The UTF-8 bytes of a string. The string itself can't be wiped: prefer `init(wiping:)` for what comes from a file.
  public convenience init(utf8 text: String) {
    var bytes = Array(text.utf8)
    self.init(wiping: &bytes)
  }

  deinit {
    unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
    unsafe buffer.deallocate()
  }

  public var count: Int { unsafe buffer.count }

  public func withBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe UnsafeBufferPointer(buffer).span)
  }
}

extension SecretBytes {
  /// The same bytes without one LF or CRLF after them, which editors and shells leave at the end of a file.
  package func withoutLineEnd() -> SecretBytes {
    withBytes { bytes in
      var count = bytes.count
      if count > 0, bytes[count - 1] == UInt8(ascii: "\n") { count -= 1 }
      if count > 0, count < bytes.count, bytes[count - 1] == UInt8(ascii: "\r") { count -= 1 }
      var copy = bytes.extracting(first: count).map { $0 }
      return SecretBytes(wiping: &copy)
    }
  }
}

extension [UInt8] {
  /// Zeroes the bytes where they are, if no other array shares them.
  mutating func wipe() {
    unsafe withUnsafeMutableBufferPointer { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
  }
}

extension SecretBytes: Equatable {
  public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
    left.withBytes { left in right.withBytes { right in left.isEqualInConstantTime(to: right) } }
  }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Span<UInt8> {
  /// Equality whose time depends on the lengths alone.
  package func isEqualInConstantTime(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return unsafe withUnsafeBufferPointer { left in
      unsafe other.withUnsafeBufferPointer { right in
        unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
      }
    }
  }
}

/// Why a file with a secret in it was not read.
package enum SecretFileError: Error, Sendable, Equatable {
  /// Anyone on the machine can read it, or the group can write it: what it holds may be known, or not be ours.
  case exposed(path: String, permissions: UInt32)
  case file(FileError)
}

extension SecretBytes {
  /// Reads a file that holds a secret. Group members may read it (orchestrators mount secrets so); nobody else may.
  package convenience init(
    contentsOf path: String, _ files: any FileSystem = POSIXFileSystem(), limit: Int = 64 << 10
  ) throws(SecretFileError) {
    var contents: FileContents
    do { contents = try files.contents(of: path, limit: limit) } catch { throw .file(error) }
    let isExposed = contents.permissions & 0o027 != 0
    self.init(wiping: &contents.bytes)
    if isExposed { throw .exposed(path: path, permissions: contents.permissions) }
  }
}

extension SecretFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exposed(let path, let permissions):
      """
      \(path) is open to others (mode \(String(permissions, radix: 8))), so what it holds may be known. \
      Close it with 'chmod 600 \(path)', and replace the secret if others had access
      """
    case .file(let error): error.description
    }
  }
}
