/// A secret made ready for HMAC (RFC 2104 §2): both hashes stand behind the padded key, where every message begins.
///
/// Going on from these two states saves two of the four compressions of a short message.
struct HMACKey: ~Copyable, Sendable {
  let digest: MessageDigest
  let inner: DigestContext
  let outer: DigestContext

  init(_ digest: MessageDigest, _ secret: SecretBytes) throws(JWAError) {
    // As long as it will be from the start: growing would leave an unwiped copy behind.
    var block = [UInt8](repeating: 0, count: digest.blockLength)
    try secret.withBytes { (bytes) throws(JWAError) in
      if bytes.count > digest.blockLength {
        let hash = try digest.hash(bytes)
        for index in hash.indices { block[index] = hash[index] }
      } else {
        for index in bytes.indices { block[index] = bytes[index] }
      }
    }
    // A second wrapper wipes the padded key.
    defer { _ = SecretBytes(wiping: &block) }
    let inner = try HMACKey.state(digest, &block, mask: 0x36)
    let outer = try HMACKey.state(digest, &block, mask: 0x5c)
    self.digest = digest
    self.inner = inner
    self.outer = outer
  }

  private static func state(
    _ digest: MessageDigest, _ block: inout [UInt8], mask: UInt8
  ) throws(JWAError) -> DigestContext {
    var context = try DigestContext()
    try context.begin(digest)
    for index in block.indices { block[index] ^= mask }
    defer { for index in block.indices { block[index] ^= mask } }
    try context.update(block.span)
    return context
  }
}
