/// Signs for one thread, with contexts that are set up once and used for every message.
///
/// It serves any number of keys. It is not shared: each thread has one of its own. It may move between
/// threads, because signing needs exclusive access and nothing of it is reachable from elsewhere.
package struct Signer: ~Copyable, @unchecked Sendable {
  private var hash: MessageHash
  private var contexts = SignatureContexts(.sign)

  package init() throws(JOSEError) { hash = try MessageHash() }

  /// Appends the signature of `message` to `signature`: `key.signatureLength` bytes.
  ///
  /// - Parameter prefix: the hash state after the first bytes of `message`, made by `SigningKey.midstate(after:)`.
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
      let context = try contexts.context(for: key.algorithm, privateKey.kind, privateKey.handle)
      if let digest = key.algorithm.digest {
        try hash.hash(message, digest, prefix)
        try context.sign(hash.value.span.extracting(first: hash.length), into: &signature)
      } else {
        try context.sign(message, into: &signature)
      }
    }
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
    try contexts.context(for: key.algorithm, privateKey.kind, privateKey.handle).sign(input, into: &signature)
  }
}

/// Verifies for one thread, as `Signer` signs.
package struct SignatureVerifier: ~Copyable, @unchecked Sendable {
  private var hash: MessageHash
  private var contexts = SignatureContexts(.verify)

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
      let context = try contexts.context(for: key.algorithm, publicKey.kind, publicKey.handle)
      guard let digest = key.algorithm.digest else { return try context.isValid(signature, for: message) }
      try hash.hash(message, digest)
      return try context.isValid(signature, for: hash.value.span.extracting(first: hash.length))
    }
  }
}
