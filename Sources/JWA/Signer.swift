/// One thread's workbench for signing: contexts that are set up once and used for every message.
///
/// It serves any number of keys. It is not shared: who signs on several threads makes several. It may move between
/// threads, because signing needs exclusive access and nothing of it is reachable from elsewhere.
public struct Signer: ~Copyable, @unchecked Sendable {
  private var scratch: DigestContext
  private var value = DigestValue(repeating: 0)
  private var contexts: [ObjectIdentifier: KeySigner] = [:]

  public init() throws(JWAError) { scratch = try DigestContext() }

  /// Appends the signature of `message` to `signature`: `key.signatureLength` bytes.
  ///
  /// - Parameter prefix: a state that has absorbed the first bytes of `message`, made by `SigningKey.absorb`.
  public mutating func sign(
    _ message: Span<UInt8>, with key: SigningKey, resuming prefix: AbsorbedPrefix? = nil,
    into signature: inout OutputSpan<UInt8>
  ) throws(JWAError) {
    guard signature.freeCapacity >= key.signatureLength else {
      throw .bufferTooShort(needed: key.signatureLength, available: signature.freeCapacity)
    }
    if let prefix { try prefix.check(key, message.count) }
    switch key.material {
    case .secret(let key): try authenticate(message, key, prefix, &signature)
    case .privateKey(let privateKey):
      let signer = try keySigner(key.algorithm, privateKey)
      if let digest = key.algorithm.digest {
        try hash(message, digest, prefix)
        try signer.sign(value.span.extracting(first: digest.length), into: &signature)
      } else {
        try signer.sign(message, into: &signature)
      }
    }
  }

  // Prefixes are borrowed, here and below: threads that count references to the same one wait for each other.

  /// HMAC (RFC 2104 §2): H(K ⊕ opad ‖ H(K ⊕ ipad ‖ message)).
  private mutating func authenticate(
    _ message: Span<UInt8>, _ key: borrowing HMACKey, _ prefix: borrowing AbsorbedPrefix?,
    _ signature: inout OutputSpan<UInt8>
  ) throws(JWAError) {
    switch prefix {
    case let prefix?: try resume(message, after: prefix)
    case nil:
      try scratch.resume(key.inner)
      try scratch.update(message)
    }
    try scratch.finish(into: &value)
    try scratch.resume(key.outer)
    try scratch.update(value.span.extracting(first: key.digest.length))
    try scratch.finish(into: &value)
    signature.append(value.span.extracting(first: key.digest.length))
  }

  private mutating func hash(
    _ message: Span<UInt8>, _ digest: MessageDigest, _ prefix: borrowing AbsorbedPrefix?
  ) throws(JWAError) {
    switch prefix {
    case let prefix?: try resume(message, after: prefix)
    case nil:
      try scratch.begin(digest)
      try scratch.update(message)
    }
    try scratch.finish(into: &value)
  }

  private mutating func resume(_ message: Span<UInt8>, after prefix: AbsorbedPrefix) throws(JWAError) {
    try scratch.resume(prefix.context)
    try scratch.update(message.extracting(droppingFirst: prefix.count))
  }

  private mutating func keySigner(_ algorithm: Algorithm, _ key: PrivateKey) throws(JWAError) -> KeySigner {
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
