import COpenSSL

/// An asymmetric private key together with its public half. It prints as its kind, never as its value.
public struct PrivateKey: Sendable {
  public let kind: KeyKind
  public let publicKey: PublicKey
  let handle: KeyHandle

  init(_ handle: KeyHandle) throws(JWAError) {
    kind = try handle.kind()
    publicKey = try PublicKey(publicHalfOf: handle)
    self.handle = handle
  }

  /// A new key from OpenSSL's private generator.
  public static func generate(_ kind: KeyKind) throws(JWAError) -> PrivateKey {
    if case .rsa(let bits) = kind {
      guard bits >= 2048 else { throw .modulusTooShort(bits: bits) }
      guard bits <= 16384 else { throw .invalidKey("an RSA modulus of \(bits) bits; 16384 is the most") }
      // OpenSSL makes a modulus of one bit less where it is asked for an odd number of them.
      guard bits % 2 == 0 else { throw .invalidKey("an RSA modulus of \(bits) bits; ask for an even number") }
    }
    return try PrivateKey(KeyContext.generate(kind))
  }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "PrivateKey(\(kind), <redacted>)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Algorithm {
  /// The key that this algorithm gets where nobody asks for another size or curve; none for a symmetric one.
  public var defaultKeyKind: KeyKind? {
    switch scheme {
    case .hmac: nil
    case .rsaPKCS1, .rsaPSS: .rsa(modulusBits: 2048)
    case .ecdsa(_, let curve): .ec(curve)
    case .edDSA: .okp(self == .ed448 ? .ed448 : .ed25519)
    }
  }
}
