/// A public key or secret bound to the one algorithm it verifies (RFC 8725 §3.1).
public struct VerificationKey: Sendable {
  public let algorithm: Algorithm
  private let material: Material

  private enum Material: Sendable {
    case secret(SigningKey)
    case publicKey(PublicKey)
  }

  public init(_ algorithm: Algorithm, _ key: PublicKey) throws(JWAError) {
    guard !algorithm.isSymmetric else { throw .wrongKeyType(algorithm: algorithm) }
    try algorithm.check(key.kind)
    self.algorithm = algorithm
    material = .publicKey(key)
  }

  public init(_ algorithm: Algorithm, secret: SecretBytes) throws(JWAError) {
    self.algorithm = algorithm
    material = .secret(try SigningKey(algorithm, secret: secret))
  }

  /// Whether `signature` is this key's for `message`. Throws only when OpenSSL can't do the operation at all.
  public func isValid(_ signature: Span<UInt8>, for message: Span<UInt8>) throws(JWAError) -> Bool {
    switch material {
    case .secret(let key): try isValid(signature, for: message, key)
    case .publicKey(let key): try isValid(signature, for: message, key)
    }
  }

  private func isValid(
    _ signature: Span<UInt8>, for message: Span<UInt8>, _ key: SigningKey
  ) throws(JWAError) -> Bool {
    var signer = try Signer()
    let expected = try [UInt8](capacity: key.signatureLength) { (output) throws(JWAError) in
      try signer.sign(message, with: key, into: &output)
    }
    return expected.span.isEqualInConstantTime(to: signature)
  }

  private func isValid(
    _ signature: Span<UInt8>, for message: Span<UInt8>, _ key: PublicKey
  ) throws(JWAError) -> Bool {
    // RFC 7518 §3.3–3.5: exactly this many bytes, whatever OpenSSL would still take.
    guard signature.count == key.kind.signatureLength else { return false }
    guard let digest = algorithm.digest else {
      let context = try MessageContext(key.handle)
      return try context.isValid(signature, for: message)
    }
    let context = try KeyContext.verifying(algorithm.scheme, with: key.handle)
    let hash = try digest.hash(message)
    if case .ecdsa = algorithm.scheme {
      return context.isValid(ECDSASignature.der(signature).span, for: hash.span)
    }
    return context.isValid(signature, for: hash.span)
  }
}

extension VerificationKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "VerificationKey(\(algorithm))" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
