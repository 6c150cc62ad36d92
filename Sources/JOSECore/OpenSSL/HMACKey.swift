/// A secret made ready for HMAC (RFC 2104 §2): both hashes stand behind the padded key, where every message begins.
///
/// Going on from these two states saves two of the four compressions of a short message.
struct HMACKey: ~Copyable, Sendable {
  let digest: MessageDigest
  let inner: DigestContext
  let outer: DigestContext

  init(_ digest: MessageDigest, _ secret: SecretBytes) throws(JWAError) {
    // As long as it will be from the start: growing would leave an unwiped copy behind. The hash of a long secret,
    // which is the effective key, is written here and nowhere else.
    var block = [UInt8](repeating: 0, count: digest.blockLength)
    defer { block.wipe() }
    try secret.withBytes { (bytes) throws(JWAError) -> Void in
      guard bytes.count > digest.blockLength else {
        for index in bytes.indices { block[index] = bytes[index] }
        return
      }
      var context = try DigestContext()
      try context.begin(digest)
      try context.update(bytes)
      var hash = block.mutableSpan
      try unsafe hash.withUnsafeMutableBytes { (hash) throws(JWAError) in
        try unsafe context.finish(into: hash)
      }
    }
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
