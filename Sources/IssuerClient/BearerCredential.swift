#if Client
public import JOSECore

/// What a host shows to its issuer: a bearer token (RFC 6750 §2.1). It prints as redacted, and its memory is wiped; the
/// copy that goes into a request belongs to the HTTP library and is not.
public struct BearerCredential: Sendable, Equatable {
  private let bytes: SecretBytes

  /// The characters of RFC 6750's `b64token`, 1 to 1024 of them.
  public init(_ bytes: SecretBytes) throws(IssuerClientSetupError) {
    guard (1...1024).contains(bytes.count) else { throw .credential(reason: "it has \(bytes.count) bytes") }
    let isToken = bytes.withBytes { span in span.indices.allSatisfy { span[$0].isTokenCharacter } }
    guard isToken else { throw .credential(reason: "a character of it can't stand in a header") }
    self.bytes = bytes
  }

  public init(_ text: String) throws(IssuerClientSetupError) { try self.init(SecretBytes(utf8: text)) }

  /// Reads a file that holds the credential and nothing else, but for a line end after it. Files that others can read
  /// are refused.
  public init(contentsOf path: String) throws(IssuerClientSetupError) {
    let contents: SecretBytes
    do { contents = try SecretBytes(contentsOf: path) } catch {
      throw .credential(reason: error.description)
    }
    try self.init(contents.withoutLineEnd())
  }

  /// The value of `Authorization`.
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
