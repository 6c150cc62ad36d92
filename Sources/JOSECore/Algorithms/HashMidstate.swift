/// A hash (for HMAC: with the key before it) that has read the beginning of a message.
///
/// Messages that begin alike are signed from here, so their common beginning is hashed once. It never changes after it
/// is made, so threads may share it.
public final class HashMidstate: Sendable {
  let context: DigestContext
  /// The key whose messages begin so; with another one the signature would be of nothing.
  let key: SigningKey
  /// Bytes of the message that it has read.
  public let count: Int

  init(_ context: consuming DigestContext, key: SigningKey, count: Int) {
    self.context = context
    self.key = key
    self.count = count
  }
}

extension SigningKey {
  /// Reads the beginning of the messages to come; `nil` for EdDSA, which hashes each message twice and as a whole.
  public func midstate(after prefix: Span<UInt8>) throws(JWAError) -> HashMidstate? {
    guard let digest = algorithm.digest else { return nil }
    var context = try DigestContext()
    switch material {
    case .secret(let key): try context.resume(key.inner)
    case .privateKey: try context.begin(digest)
    }
    try context.update(prefix)
    return HashMidstate(context, key: self, count: prefix.count)
  }
}

extension HashMidstate {
  /// Refuses to go on with another key's prefix, or with one that is longer than the message.
  func check(_ key: SigningKey, _ messageLength: Int) throws(JWAError) {
    guard self.key === key, count <= messageLength else { throw .foreignPrefix }
  }
}
