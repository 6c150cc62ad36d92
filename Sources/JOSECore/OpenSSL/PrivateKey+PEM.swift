import COpenSSL

extension PrivateKey {
  /// Reads a private key from PEM: PKCS#8 (RFC 5958), encrypted PKCS#8, PKCS#1 (RFC 8017 §A.1.2) or SEC 1 (RFC 5915).
  ///
  /// - Parameter passphrase: for an encrypted key. Without one, an encrypted key is refused.
  public init(pem: SecretBytes, passphrase: SecretBytes? = nil) throws(JWAError) {
    let handle = try pem.withBytes { (text) throws(JWAError) in
      let label = try PEM.require(PEM.privateLabels, in: text, "a private key")
      guard label != "ENCRYPTED PRIVATE KEY" || passphrase != nil else {
        throw .invalidPEM("the private key is encrypted, and no passphrase was given")
      }
      return try Self.read(text, passphrase)
    }
    try self.init(checked: handle)
  }

  private static func read(_ text: Span<UInt8>, _ passphrase: SecretBytes?) throws(JWAError) -> KeyHandle {
    let source = try MemoryBIO()
    try source.write(text)
    let key = unsafe withExtendedLifetime(passphrase) {
      let context = unsafe passphrase.map { unsafe Unmanaged.passUnretained($0).toOpaque() }
      return unsafe PEM_read_bio_PrivateKey(source.pointer, nil, answerWithPassphrase, context)
    }
    guard let key = unsafe key else {
      let reason = JWAError.lastOpenSSLError("read the private key").description
      throw .invalidPEM(passphrase == nil ? reason : "\(reason); is the passphrase right?")
    }
    return unsafe KeyHandle(owning: key)
  }
}

extension PrivateKey {
  /// The key as PKCS#8 PEM, as `openssl pkey` reads it.
  ///
  /// - Parameter passphrase: encrypts the key with AES-256-CBC under PBKDF2-HMAC-SHA256 (RFC 8018 §6.2).
  public func pem(passphrase: SecretBytes? = nil) throws(JWAError) -> SecretBytes {
    let target = try MemoryBIO()
    if let passphrase {
      guard passphrase.count > 0 else { throw .emptyPassphrase }
      guard passphrase.count <= Self.longestPassphrase else {
        throw .passphraseTooLong(bytes: passphrase.count, limit: Self.longestPassphrase)
      }
      try writeEncrypted(passphrase, to: target)
    } else {
      try unsafe check(
        PEM_write_bio_PKCS8PrivateKey(target.pointer, handle.pointer, nil, nil, 0, nil, nil),
        "write the private key")
    }
    var bytes = try target.contents()
    return SecretBytes(wiping: &bytes)
  }

  /// Iterations for PBKDF2-HMAC-SHA256: OWASP's figure of 2023. OpenSSL's own writer would take 2048.
  private static let iterations: Int32 = 600_000

  /// OpenSSL reads passphrases into a buffer of this size (`PEM_BUFSIZE`): a longer one would lock the key for ever.
  private static let longestPassphrase = 1024

  private func writeEncrypted(_ passphrase: SecretBytes, to target: borrowing MemoryBIO) throws(JWAError) {
    let plain = try unsafe check(EVP_PKEY2PKCS8(handle.pointer), "encode the private key")
    defer { unsafe PKCS8_PRIV_KEY_INFO_free(plain) }
    let sealed = unsafe passphrase.withBytes { bytes in
      unsafe bytes.bytes.withUnsafeBytes {
        unsafe PKCS8_encrypt(
          -1, EVP_aes_256_cbc(), $0.assumingMemoryBound(to: CChar.self).baseAddress, Int32($0.count),
          nil, 0, Self.iterations, plain)
      }
    }
    defer { unsafe X509_SIG_free(sealed) }
    try unsafe check(
      PEM_write_bio_PKCS8(target.pointer, check(sealed, "encrypt the private key")), "write the private key")
  }
}

/// OpenSSL asks at the terminal when it has no callback; this one answers, or says that there is nothing to answer.
func answerWithPassphrase(
  buffer: UnsafeMutablePointer<CChar>?, size: Int32, _: Int32, context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let buffer = unsafe buffer, let context = unsafe context else { return -1 }
  let passphrase = unsafe Unmanaged<SecretBytes>.fromOpaque(context).takeUnretainedValue()
  guard passphrase.count <= size else { return -1 }
  passphrase.withBytes { bytes in
    for index in bytes.indices { unsafe buffer[index] = CChar(bitPattern: bytes[index]) }
  }
  return Int32(passphrase.count)
}
