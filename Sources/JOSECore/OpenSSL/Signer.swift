/// Signs for one thread, with contexts that are set up once and used for every message.
///
/// It serves any number of keys. It is not shared: each thread has one of its own. It may move between
/// threads, because signing needs exclusive access and nothing of it is reachable from elsewhere.
package struct Signer: ~Copyable, @unchecked Sendable {
  private var hash: MessageHash
  private var contexts: [ObjectIdentifier: KeySigner] = [:]

  package init() throws(JOSEError) { hash = try MessageHash() }

  /// Appends the signature of `message` to `signature`: `key.signatureLength` bytes.
  ///
  /// - Parameter prefix: a state that has absorbed the first bytes of `message`, made by `SigningKey.absorb`.
  package mutating func sign(
    _ message: Span<UInt8>, with key: SigningKey, resuming prefix: HashMidstate? = nil,
    into signature: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
    guard signature.freeCapacity >= key.signatureLength else {
      throw .bufferTooShort(needed: key.signatureLength, available: signature.freeCapacity)
    }
    if let prefix { try prefix.check(key, message.count) }
    switch key.material {
    case .secret(let key):
      try hash.authenticate(message, key, prefix)
      signature.append(hash.value.span.extracting(first: hash.length))
    case .privateKey(let privateKey):
      let signer = try keySigner(key.algorithm, privateKey)
      if let digest = key.algorithm.digest {
        try hash.hash(message, digest, prefix)
        try signer.sign(hash.value.span.extracting(first: hash.length), into: &signature)
      } else {
        try signer.sign(message, into: &signature)
      }
    }
  }

  private mutating func keySigner(_ algorithm: Algorithm, _ key: PrivateKey) throws(JOSEError) -> KeySigner {
    // The entry holds its key, so an identity can't come back for another key while the entry is there.
    let identity = ObjectIdentifier(key.handle)
    if let signer = contexts[identity], signer.algorithm == algorithm { return signer }
    // Rotation leaves old keys behind; a ring signs with a few, so this seldom happens.
    if contexts.count >= 64 { contexts.removeAll() }
    let signer = try KeySigner(algorithm, key)
    contexts[identity] = signer
    return signer
  }
}

/// In two steps, for batches, which gather hash values first.
extension Signer {
  /// What the key signs of a message: its hash value; for EdDSA the message itself.
  mutating func withHash<Result>(
    of message: Span<UInt8>, with key: SigningKey, resuming prefix: HashMidstate?,
    _ body: (Span<UInt8>) throws(JOSEError) -> Result
  ) throws(JOSEError) -> Result {
    if let prefix { try prefix.check(key, message.count) }
    guard let digest = key.algorithm.digest else { return try body(message) }
    try hash.hash(message, digest, prefix)
    return try body(hash.value.span.extracting(first: hash.length))
  }

  /// Appends the signature of a hash value; for EdDSA of a message.
  mutating func signHashed(
    _ input: Span<UInt8>, with key: SigningKey, into signature: inout OutputSpan<UInt8>
  ) throws(JOSEError) {
    guard let privateKey = key.privateKey else { throw .wrongKeyType(algorithm: key.algorithm) }
    try keySigner(key.algorithm, privateKey).sign(input, into: &signature)
  }
}

/// Verifies for one thread, as `Signer` signs.
package struct SignatureVerifier: ~Copyable, @unchecked Sendable {
  private var hash: MessageHash
  private var contexts: [ObjectIdentifier: KeyVerifier] = [:]

  package init() throws(JOSEError) { hash = try MessageHash() }

  /// Whether `signature` is the key's for `message`. Throws only when OpenSSL can't do the operation at all.
  package mutating func isValid(
    _ signature: Span<UInt8>, for message: Span<UInt8>, with key: VerificationKey
  ) throws(JOSEError) -> Bool {
    switch key.material {
    case .secret(let secret):
      try hash.authenticate(message, secret.key)
      return hash.value.span.extracting(first: hash.length).isEqualInConstantTime(to: signature)
    case .publicKey(let publicKey):
      // RFC 7518 §3.3–3.5: exactly this many bytes, whatever OpenSSL would still take.
      guard signature.count == publicKey.kind.signatureLength else { return false }
      let verifier = try keyVerifier(key.algorithm, publicKey)
      guard let digest = key.algorithm.digest else { return try verifier.isValid(signature, for: message) }
      try hash.hash(message, digest)
      return try verifier.isValid(signature, for: hash.value.span.extracting(first: hash.length))
    }
  }

  private mutating func keyVerifier(
    _ algorithm: Algorithm, _ key: PublicKey
  ) throws(JOSEError) -> KeyVerifier {
    // The entry holds its key, so an identity can't come back for another key while the entry is there.
    let identity = ObjectIdentifier(key.handle)
    if let verifier = contexts[identity], verifier.algorithm == algorithm { return verifier }
    if contexts.count >= 64 { contexts.removeAll() }
    let verifier = try KeyVerifier(algorithm, key)
    contexts[identity] = verifier
    return verifier
  }
}

/// One thread's context for verifying with one public key.
private final class KeyVerifier {
  let algorithm: Algorithm
  private let key: PublicKey
  private let operation: Operation

  private enum Operation: ~Copyable {
    case digest(KeyContext)
    case message(MessageContext)
  }

  init(_ algorithm: Algorithm, _ key: PublicKey) throws(JOSEError) {
    self.algorithm = algorithm
    self.key = key
    if case .okp = key.kind {
      operation = .message(try .verifying(with: key.handle))
    } else {
      operation = .digest(try KeyContext.verifying(algorithm.scheme, with: key.handle))
    }
  }

  /// Whether a signature is one of a hash value (of the whole message for EdDSA).
  func isValid(_ signature: Span<UInt8>, for input: Span<UInt8>) throws(JOSEError) -> Bool {
    switch operation {
    case .message(let context): return try context.isValid(signature, for: input)
    case .digest(let context):
      guard case .ecdsa = algorithm.scheme else { return context.isValid(signature, for: input) }
      let der = ECDSASignature.der(signature)
      return context.isValid(der.span, for: input)
    }
  }
}
