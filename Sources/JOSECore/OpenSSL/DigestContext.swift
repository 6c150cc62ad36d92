import COpenSSL

/// Owns one `EVP_MD_CTX`: a hash under way.
///
/// Sendable because every change needs exclusive access and copying *from* a context only reads it.
@safe
struct DigestContext: ~Copyable, @unchecked Sendable {
  private let context: OpaquePointer

  init() throws(JWAError) {
    unsafe context = try check(EVP_MD_CTX_new(), "make a digest context")
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  mutating func begin(_ digest: MessageDigest) throws(JWAError) {
    try unsafe check(EVP_DigestInit_ex(context, digest.fetched(), nil), "begin \(digest.name)")
  }

  /// Goes on from where `other` stands; `other` stays as it is.
  mutating func resume(_ other: borrowing DigestContext) throws(JWAError) {
    try unsafe check(EVP_MD_CTX_copy_ex(context, other.context), "copy a digest context")
  }

  mutating func update(_ bytes: Span<UInt8>) throws(JWAError) {
    try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(JWAError) in
      try unsafe check(EVP_DigestUpdate(context, buffer.baseAddress, buffer.count), "hash")
    }
  }

  mutating func finish(into value: inout DigestValue) throws(JWAError) {
    var bytes = value.mutableSpan
    try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(JWAError) in try unsafe finish(into: buffer) }
  }

  /// - Parameter value: has to be as long as the hash at least.
  @unsafe
  mutating func finish(into value: UnsafeMutableRawBufferPointer) throws(JWAError) {
    let bytes = unsafe value.baseAddress?.assumingMemoryBound(to: UInt8.self)
    try unsafe check(EVP_DigestFinal_ex(context, bytes, nil), "finish a hash")
  }

  /// Wipes what OpenSSL keeps of the messages.
  mutating func reset() { unsafe EVP_MD_CTX_reset(context) }
}

extension MessageDigest {
  /// The hash of `bytes` in one call.
  package func hash(_ bytes: Span<UInt8>) throws(JWAError) -> [UInt8] {
    var context = try DigestContext()
    try context.begin(self)
    var value = DigestValue(repeating: 0)
    try context.update(bytes)
    try context.finish(into: &value)
    return value.span.extracting(first: length).map { $0 }
  }
}
