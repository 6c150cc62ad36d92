/// A public key or secret bound to the one algorithm it verifies (RFC 8725 §3.1).
public struct VerificationKey: Sendable {
  public let algorithm: Algorithm
  let material: Material

  enum Material: Sendable {
    case secret(Secret)
    case publicKey(PublicKey)
  }

  /// Shared by the copies of a key.
  final class Secret: Sendable {
    let key: HMACKey
    init(_ key: consuming HMACKey) { self.key = key }
  }

  public init(_ algorithm: Algorithm, _ key: PublicKey) throws(JWAError) {
    guard !algorithm.isSymmetric else { throw .wrongKeyType(algorithm: algorithm) }
    try algorithm.check(key.kind)
    self.algorithm = algorithm
    material = .publicKey(key)
  }

  public init(_ algorithm: Algorithm, secret: SecretBytes) throws(JWAError) {
    self.algorithm = algorithm
    material = .secret(Secret(try algorithm.hmacKey(secret)))
  }

  /// Whether `signature` is this key's for `message`. Throws only when OpenSSL can't do the operation at all. Who
  /// verifies often keeps a `SignatureVerifier`, which sets contexts up once.
  public func isValid(_ signature: Span<UInt8>, for message: Span<UInt8>) throws(JWAError) -> Bool {
    var verifier = try SignatureVerifier()
    return try verifier.isValid(signature, for: message, with: self)
  }
}

extension VerificationKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "VerificationKey(\(algorithm))" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
