/// A private key or secret bound to the one algorithm that may use it (RFC 8725 §3.1).
///
/// A pair that doesn't fit can't be built, so nothing has to be checked when a token is signed. It never changes after
/// it is made, so threads may share it.
public final class SigningKey: Sendable {
  public let algorithm: Algorithm
  /// Bytes of every signature that this key makes.
  public let signatureLength: Int
  let material: Material
  /// `nil` where eight signatures at once are no help.
  package let multiBufferKind: MultiBufferKeyKind?
  let multiBufferKey = MultiBufferKeyCache()

  enum Material: ~Copyable, Sendable {
    case secret(HMACKey)
    case privateKey(PrivateKey)
  }

  package init(_ algorithm: Algorithm, _ key: PrivateKey) throws(JOSEError) {
    guard !algorithm.isSymmetric else { throw .wrongKeyType(algorithm: algorithm) }
    try algorithm.check(key.kind)
    self.algorithm = algorithm
    signatureLength = key.kind.signatureLength
    multiBufferKind = MultiBufferKeyKind(key.kind)
    material = .privateKey(key)
  }

  public init(_ algorithm: Algorithm, secret: SecretBytes) throws(JOSEError) {
    let key = try algorithm.hmacKey(secret)
    self.algorithm = algorithm
    signatureLength = key.digest.length
    multiBufferKind = nil
    material = .secret(key)
  }

  /// Reads a private key from PEM: PKCS#8 (RFC 5958), encrypted PKCS#8, PKCS#1 (RFC 8017 §A.1.2) or SEC 1 (RFC 5915).
  ///
  /// - Parameters:
  ///   - algorithm: an asymmetric one, which the key must fit.
  ///   - pem: the text.
  ///   - passphrase: for an encrypted key. Without one, an encrypted key is refused.
  public convenience init(_ algorithm: Algorithm, pem: SecretBytes, passphrase: SecretBytes? = nil)
    throws(JOSEError)
  {
    try self.init(algorithm, PrivateKey(pem: pem, passphrase: passphrase))
  }

  /// The key as PKCS#8 PEM, as `openssl pkey` reads it; none for a secret.
  ///
  /// - Parameter passphrase: encrypts the key with AES-256-CBC under PBKDF2-HMAC-SHA256 (RFC 8018 §6.2).
  public func pem(passphrase: SecretBytes? = nil) throws(JOSEError) -> SecretBytes? {
    try privateKey?.pem(passphrase: passphrase)
  }

  /// A new key of the algorithm's default kind. Symmetric algorithms have none: their secrets come from outside.
  public static func generate(_ algorithm: Algorithm) throws(JOSEError) -> SigningKey {
    guard let kind = algorithm.defaultKeyKind else { throw .wrongKeyType(algorithm: algorithm) }
    return try SigningKey(algorithm, .generate(kind))
  }

  /// The half that verifies; none for a secret, which is both.
  public var publicKey: PublicKey? { privateKey?.publicKey }

  /// The half that signs; none for a secret.
  package var privateKey: PrivateKey? {
    switch material {
    case .secret: nil
    case .privateKey(let key): key
    }
  }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "SigningKey(\(algorithm), <redacted>)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Algorithm {
  /// The fewest bytes of a secret: those of the hash (RFC 7518 §3.2).
  package var minimumSecretLength: Int { isSymmetric ? digest?.length ?? 0 : 0 }

  func hmacKey(_ secret: SecretBytes) throws(JOSEError) -> HMACKey {
    guard case .hmac(let digest) = scheme else { throw .wrongKeyType(algorithm: self) }
    guard secret.count >= digest.length else {
      throw .secretTooShort(algorithm: self, bytes: secret.count)
    }
    return try HMACKey(digest, secret)
  }
}

extension KeyKind {
  /// Bytes of a JWS signature: of the modulus, of r‖s (RFC 7518 §3.4), or of R‖S (RFC 8032).
  var signatureLength: Int {
    switch self {
    case .rsa(let bits): (bits + 7) / 8
    case .ec(let curve): 2 * curve.coordinateLength
    case .okp(let curve): curve.signatureLength
    }
  }
}

/// A public key or secret bound to the one algorithm it verifies (RFC 8725 §3.1).
package struct VerificationKey: Sendable {
  package let algorithm: Algorithm
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

  package init(_ algorithm: Algorithm, _ key: PublicKey) throws(JOSEError) {
    guard !algorithm.isSymmetric else { throw .wrongKeyType(algorithm: algorithm) }
    try algorithm.check(key.kind)
    self.algorithm = algorithm
    material = .publicKey(key)
  }

  package init(_ algorithm: Algorithm, secret: SecretBytes) throws(JOSEError) {
    self.algorithm = algorithm
    material = .secret(Secret(try algorithm.hmacKey(secret)))
  }

  /// Whether `signature` is this key's for `message`. Throws only when OpenSSL can't do the operation at all. Who
  /// verifies often keeps a `SignatureVerifier`, which sets contexts up once.
  package func isValid(_ signature: Span<UInt8>, for message: Span<UInt8>) throws(JOSEError) -> Bool {
    var verifier = try SignatureVerifier()
    return try verifier.isValid(signature, for: message, with: self)
  }
}

extension VerificationKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "VerificationKey(\(algorithm))" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
