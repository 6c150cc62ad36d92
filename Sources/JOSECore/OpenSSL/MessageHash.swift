import COpenSSL

/// Where messages are hashed, one after the other: one context and one value for all of them.
struct MessageHash: ~Copyable {
  private var scratch: DigestContext
  /// What the last call has made; how much of it counts is `length`.
  private(set) var value = DigestValue(repeating: 0)
  private(set) var length = 0

  init() throws(JOSEError) { scratch = try DigestContext() }

  // Prefixes are borrowed, here and below: threads that count references to the same one wait for each other.

  /// HMAC (RFC 2104 §2): H(K ⊕ opad ‖ H(K ⊕ ipad ‖ message)).
  mutating func authenticate(
    _ message: Span<UInt8>, _ key: borrowing HMACKey, _ prefix: borrowing HashMidstate? = nil
  ) throws(JOSEError) {
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
  ) throws(JOSEError) {
    switch prefix {
    case let prefix?: try resume(message, after: prefix)
    case nil:
      try scratch.begin(digest)
      try scratch.update(message)
    }
    try scratch.finish(into: &value)
    length = digest.length
  }

  private mutating func resume(_ message: Span<UInt8>, after prefix: HashMidstate) throws(JOSEError) {
    try scratch.resume(prefix.context)
    try scratch.update(message.extracting(droppingFirst: prefix.count))
  }
}

/// The SHA-2 hashes that JWA's algorithms use (FIPS 180-4).
package enum MessageDigest: Sendable, CaseIterable {
  case sha256, sha384, sha512

  /// Bytes of the hash value.
  package var length: Int {
    switch self {
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  /// Bytes of the block that HMAC pads its key to (RFC 2104 §2).
  var blockLength: Int { self == .sha256 ? 64 : 128 }

  var name: String {
    switch self {
    case .sha256: "SHA256"
    case .sha384: "SHA384"
    case .sha512: "SHA512"
    }
  }

  /// The implementation, looked up by name once for each process: the look-up costs more than a short hash.
  func fetched() throws(JOSEError) -> OpaquePointer {
    let digest =
      switch self {
      case .sha256: FetchedDigest.sha256
      case .sha384: FetchedDigest.sha384
      case .sha512: FetchedDigest.sha512
      }
    guard let pointer = unsafe digest.pointer else {
      throw .openSSL(operation: "fetch \(name)", reason: "no loaded provider offers it")
    }
    return unsafe pointer
  }
}

/// An `EVP_MD` that lives as long as the process.
@safe
private struct FetchedDigest: @unchecked Sendable {
  let pointer: OpaquePointer?

  init(_ digest: MessageDigest) { unsafe pointer = EVP_MD_fetch(nil, digest.name, nil) }

  static let sha256 = FetchedDigest(.sha256)
  static let sha384 = FetchedDigest(.sha384)
  static let sha512 = FetchedDigest(.sha512)
}

/// Room for the longest hash value; how much of it counts is the digest's `length`.
typealias DigestValue = InlineArray<64, UInt8>

/// Owns one `EVP_MD_CTX`: a hash under way.
///
/// Sendable because every change needs exclusive access and copying *from* a context only reads it.
@safe
struct DigestContext: ~Copyable, @unchecked Sendable {
  private let context: OpaquePointer

  init() throws(JOSEError) {
    unsafe context = try check(EVP_MD_CTX_new(), "make a digest context")
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  mutating func begin(_ digest: MessageDigest) throws(JOSEError) {
    try unsafe check(EVP_DigestInit_ex(context, digest.fetched(), nil), "begin \(digest.name)")
  }

  /// Goes on from where `other` stands; `other` stays as it is.
  mutating func resume(_ other: borrowing DigestContext) throws(JOSEError) {
    try unsafe check(EVP_MD_CTX_copy_ex(context, other.context), "copy a digest context")
  }

  mutating func update(_ bytes: Span<UInt8>) throws(JOSEError) {
    try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(JOSEError) in
      try unsafe check(EVP_DigestUpdate(context, buffer.baseAddress, buffer.count), "hash")
    }
  }

  mutating func finish(into value: inout DigestValue) throws(JOSEError) {
    var bytes = value.mutableSpan
    try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(JOSEError) in try unsafe finish(into: buffer) }
  }

  /// - Parameter value: has to be as long as the hash at least.
  @unsafe
  mutating func finish(into value: UnsafeMutableRawBufferPointer) throws(JOSEError) {
    let bytes = unsafe value.baseAddress?.assumingMemoryBound(to: UInt8.self)
    try unsafe check(EVP_DigestFinal_ex(context, bytes, nil), "finish a hash")
  }

  /// Wipes what OpenSSL keeps of the messages.
  mutating func reset() { unsafe EVP_MD_CTX_reset(context) }
}

extension MessageDigest {
  /// The hash of `bytes` in one call.
  package func hash(_ bytes: Span<UInt8>) throws(JOSEError) -> [UInt8] {
    var context = try DigestContext()
    try context.begin(self)
    var value = DigestValue(repeating: 0)
    try context.update(bytes)
    try context.finish(into: &value)
    return value.span.extracting(first: length).map { $0 }
  }
}

/// A secret made ready for HMAC (RFC 2104 §2): both hashes stand behind the padded key, where every message begins.
///
/// Going on from these two states saves two of the four compressions of a short message.
struct HMACKey: ~Copyable, Sendable {
  let digest: MessageDigest
  let inner: DigestContext
  let outer: DigestContext

  init(_ digest: MessageDigest, _ secret: SecretBytes) throws(JOSEError) {
    // As long as it will be from the start: growing would leave an unwiped copy behind. The hash of a long secret,
    // which is the effective key, is written here and nowhere else.
    var block = [UInt8](repeating: 0, count: digest.blockLength)
    defer { block.wipe() }
    try secret.withBytes { (bytes) throws(JOSEError) -> Void in
      guard bytes.count > digest.blockLength else {
        for index in bytes.indices { block[index] = bytes[index] }
        return
      }
      var context = try DigestContext()
      try context.begin(digest)
      try context.update(bytes)
      var hash = block.mutableSpan
      try unsafe hash.withUnsafeMutableBytes { (hash) throws(JOSEError) in
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
  ) throws(JOSEError) -> DigestContext {
    var context = try DigestContext()
    try context.begin(digest)
    for index in block.indices { block[index] ^= mask }
    defer { for index in block.indices { block[index] ^= mask } }
    try context.update(block.span)
    return context
  }
}

/// A hash (for HMAC: with the key before it) that has read the beginning of a message.
///
/// Messages that begin alike are signed from here, so their common beginning is hashed once. It never changes after it
/// is made, so threads may share it.
package final class HashMidstate: Sendable {
  let context: DigestContext
  /// The key whose messages begin so; with another one the signature would be of nothing.
  let key: SigningKey
  /// Bytes of the message that it has read.
  package let count: Int

  init(_ context: consuming DigestContext, key: SigningKey, count: Int) {
    self.context = context
    self.key = key
    self.count = count
  }
}

extension SigningKey {
  /// Reads the beginning of the messages to come; `nil` for EdDSA, which hashes each message twice and as a whole.
  package func midstate(after prefix: Span<UInt8>) throws(JOSEError) -> HashMidstate? {
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
  func check(_ key: SigningKey, _ messageLength: Int) throws(JOSEError) {
    guard self.key === key, count <= messageLength else { throw .foreignPrefix }
  }
}
