/// Where messages are hashed, one after the other: one context and one value for all of them.
struct MessageHash: ~Copyable {
  private var scratch: DigestContext
  /// What the last call has made; how much of it counts is `length`.
  private(set) var value = DigestValue(repeating: 0)
  private(set) var length = 0

  init() throws(JWAError) { scratch = try DigestContext() }

  // Prefixes are borrowed, here and below: threads that count references to the same one wait for each other.

  /// HMAC (RFC 2104 §2): H(K ⊕ opad ‖ H(K ⊕ ipad ‖ message)).
  mutating func authenticate(
    _ message: Span<UInt8>, _ key: borrowing HMACKey, _ prefix: borrowing HashMidstate? = nil
  ) throws(JWAError) {
    switch prefix {
    case let prefix?: try resume(message, after: prefix)
    case nil:
      try scratch.resume(key.inner)
      try scratch.update(message)
    }
    try scratch.finish(into: &value)
    length = key.digest.length
    try scratch.resume(key.outer)
    try scratch.update(value.span.extracting(first: length))
    try scratch.finish(into: &value)
  }

  mutating func hash(
    _ message: Span<UInt8>, _ digest: MessageDigest, _ prefix: borrowing HashMidstate? = nil
  ) throws(JWAError) {
    switch prefix {
    case let prefix?: try resume(message, after: prefix)
    case nil:
      try scratch.begin(digest)
      try scratch.update(message)
    }
    try scratch.finish(into: &value)
    length = digest.length
  }

  private mutating func resume(_ message: Span<UInt8>, after prefix: HashMidstate) throws(JWAError) {
    try scratch.resume(prefix.context)
    try scratch.update(message.extracting(droppingFirst: prefix.count))
  }
}
