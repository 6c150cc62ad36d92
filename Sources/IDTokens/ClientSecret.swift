public import JOSECore

/// An app's client secret: its bytes as they stand are the HMAC key of the Shopify profile. It prints as redacted.
public struct ClientSecret: Sendable, Equatable {
  public let bytes: SecretBytes
  /// Made once: hashing the key's blocks takes longer than a token.
  let signingKey: SigningKey
  let verificationKey: VerificationKey

  /// Visible ASCII, at least 32 characters: RFC 7518 §3.2 asks for the hash's length, and verifiers insist on it.
  public init(_ bytes: SecretBytes) throws(IDTokenError) {
    let isVisible = bytes.withBytes { span in span.indices.allSatisfy { span[$0].isVisibleASCII } }
    guard isVisible else { throw .unprintableSecret }
    guard bytes.count >= Algorithm.hs256.minimumSecretLength else {
      throw .key(.secretTooShort(algorithm: .hs256, bytes: bytes.count))
    }
    self.bytes = bytes
    do {
      signingKey = try SigningKey(.hs256, secret: bytes)
      verificationKey = try VerificationKey(.hs256, secret: bytes)
    } catch { throw .key(error) }
  }

  public init(_ text: String) throws(IDTokenError) { try self.init(SecretBytes(utf8: text)) }

  /// Reads a file that holds the secret and nothing else, but for a line end after it. Files that others can read are
  /// refused.
  public init(contentsOf path: String) throws(IDTokenError) {
    let contents: SecretBytes
    do { contents = try SecretBytes(contentsOf: path) } catch { throw .secretFile(error) }
    do { try self.init(contents.withoutLineEnd()) } catch {
      throw .secretInFile(path: path, reason: error.description)
    }
  }

  public static func == (left: ClientSecret, right: ClientSecret) -> Bool { left.bytes == right.bytes }
}

extension ClientSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "ClientSecret(<redacted>)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
