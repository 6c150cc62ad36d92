#if Client
public import JOSECore

/// A host's credential at its issuer: a bearer token (RFC 6750 §2.1).
///
/// It prints as redacted, and its memory is wiped. The copy that is sent belongs to the HTTP library and isn't.
public struct BearerCredential: Sendable, Equatable {
  private let bytes: SecretBytes

  /// - Parameter bytes: 1 to 1024 characters of RFC 6750's `b64token`.
  /// - Throws: `IssuerClientError` with the code `invalidCredential`.
  public init(_ bytes: SecretBytes) throws(IssuerClientError) {
    guard (1...1024).contains(bytes.count) else {
      throw .invalidCredential(reason: "it has \(bytes.count) bytes, not 1 to 1024")
    }
    let isToken = bytes.withBytes { span in span.indices.allSatisfy { span[$0].isTokenCharacter } }
    guard isToken else {
      throw .invalidCredential(reason: "it may have letters, digits and -._~+/= only")
    }
    self.bytes = bytes
  }

  public init(_ text: String) throws(IssuerClientError) { try self.init(SecretBytes(utf8: text)) }

  /// Reads a file that holds the credential and at most one line end after it. A file that others can read is refused.
  public init(contentsOf path: String) throws(IssuerClientError) {
    let contents: SecretBytes
    do { contents = try SecretBytes(contentsOf: path) } catch {
      throw .invalidCredential(reason: error.description)
    }
    try self.init(contents.withoutLineEnd())
  }

  /// The value of the header `Authorization`.
  var authorization: String {
    bytes.withBytes { span in
      unsafe "Bearer " + span.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
  }
}

extension BearerCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "BearerCredential(<redacted>)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension UInt8 {
  fileprivate var isTokenCharacter: Bool {
    switch Unicode.Scalar(self) {
    case "A"..."Z", "a"..."z", "0"..."9", "-", ".", "_", "~", "+", "/", "=": true
    default: false
    }
  }
}
#endif
