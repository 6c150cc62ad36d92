import COpenSSL

/// Owns one `EVP_MD_CTX` for EdDSA, which signs and verifies whole messages (RFC 8032 §5.1.6, §5.1.7).
@safe
struct MessageContext: ~Copyable {
  private let context: OpaquePointer
  private let key: KeyHandle

  init(_ key: KeyHandle) throws(JWAError) {
    self.key = key
    unsafe context = try check(EVP_MD_CTX_new(), "make a signature context")
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  func sign(
    _ message: Span<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) throws(JWAError) -> Int {
    // Newer OpenSSL lets a context finish once only, so each message begins anew.
    try unsafe check(
      EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key.pointer, nil), "prepare a signature")
    var length = output.count
    try unsafe message.withUnsafeBufferPointer { (message) throws(JWAError) in
      try unsafe check(
        EVP_DigestSign(context, output.baseAddress, &length, message.baseAddress, message.count), "sign")
    }
    return length
  }

  func isValid(_ signature: Span<UInt8>, for message: Span<UInt8>) throws(JWAError) -> Bool {
    try unsafe check(
      EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key.pointer, nil), "prepare a verification")
    let result = unsafe signature.withUnsafeBufferPointer { signature in
      unsafe message.withUnsafeBufferPointer { message in
        unsafe EVP_DigestVerify(
          context, signature.baseAddress, signature.count, message.baseAddress, message.count)
      }
    }
    if result != 1 { ERR_clear_error() }
    return result == 1
  }
}
