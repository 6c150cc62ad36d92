import COpenSSL

extension PrivateKey {
  /// Reads a private key from PEM: PKCS#8 (RFC 5958), encrypted PKCS#8, PKCS#1 (RFC 8017 §A.1.2) or SEC 1 (RFC 5915).
  ///
  /// - Parameter passphrase: for an encrypted key. Without one, an encrypted key is refused.
  package init(pem: SecretBytes, passphrase: SecretBytes? = nil) throws(JOSEError) {
    let handle = try pem.withBytes { (text) throws(JOSEError) in
      let label = try PEM.require(PEM.privateLabels, in: text, "a private key")
      guard label != "ENCRYPTED PRIVATE KEY" || passphrase != nil else {
        throw .invalidPEM("the private key is encrypted, and no passphrase was given")
      }
      return try Self.read(text, passphrase)
    }
    try self.init(checked: handle)
  }

  private static func read(_ text: Span<UInt8>, _ passphrase: SecretBytes?) throws(JOSEError) -> KeyHandle {
    let source = try MemoryBIO()
    try source.write(text)
    let key = unsafe withExtendedLifetime(passphrase) {
      let context = unsafe passphrase.map { unsafe Unmanaged.passUnretained($0).toOpaque() }
      return unsafe PEM_read_bio_PrivateKey(source.pointer, nil, answerWithPassphrase, context)
    }
    guard let key = unsafe key else {
      let reason = JOSEError.lastOpenSSLError("read the private key").description
      throw .invalidPEM(passphrase == nil ? reason : "\(reason); is the passphrase right?")
    }
    return unsafe KeyHandle(owning: key)
  }
}

extension PrivateKey {
  /// The key as PKCS#8 PEM, as `openssl pkey` reads it.
  ///
  /// - Parameter passphrase: encrypts the key with AES-256-CBC under PBKDF2-HMAC-SHA256 (RFC 8018 §6.2).
  package func pem(passphrase: SecretBytes? = nil) throws(JOSEError) -> SecretBytes {
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

  private func writeEncrypted(_ passphrase: SecretBytes, to target: borrowing MemoryBIO) throws(JOSEError) {
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

extension PublicKey {
  /// Reads SPKI PEM (RFC 7468 §13).
  package init(pem: String) throws(JOSEError) {
    let text = Array(pem.utf8)
    _ = try PEM.require(["PUBLIC KEY"], in: text.span, "a public key (SPKI)")
    let source = try MemoryBIO()
    try source.write(text.span)
    // RFC 1421 headers can claim encryption; without a callback OpenSSL would ask for a passphrase at the terminal.
    guard let key = unsafe PEM_read_bio_PUBKEY(source.pointer, nil, answerWithPassphrase, nil) else {
      throw .invalidPEM(JOSEError.lastOpenSSLError("read the public key").description)
    }
    try self.init(unsafe KeyHandle(owning: key))
  }

  /// The key as SPKI PEM.
  package func pem() throws(JOSEError) -> String {
    let target = try MemoryBIO()
    try unsafe check(PEM_write_bio_PUBKEY(target.pointer, handle.pointer), "write the public key")
    return String(decoding: try target.contents(), as: UTF8.self)
  }

  /// Copies the public half by way of its SPKI encoding, so that the private half can go while this lives on.
  init(publicHalfOf handle: KeyHandle) throws(JOSEError) {
    let buffer = try MemoryBIO()
    try unsafe check(i2d_PUBKEY_bio(buffer.pointer, handle.pointer), "encode the public half")
    let copy = try unsafe check(d2i_PUBKEY_bio(buffer.pointer, nil), "decode the public half")
    try self.init(unsafe KeyHandle(owning: copy))
  }
}

/// Owns one memory `BIO`, OpenSSL's view of bytes as a file.
@safe
struct MemoryBIO: ~Copyable {
  let pointer: OpaquePointer

  init() throws(JOSEError) { unsafe pointer = try check(BIO_new(BIO_s_mem()), "make a buffer") }

  deinit { unsafe BIO_free(pointer) }

  func write(_ bytes: Span<UInt8>) throws(JOSEError) {
    let written = unsafe bytes.withUnsafeBufferPointer {
      unsafe BIO_write(pointer, $0.baseAddress, Int32(clamping: $0.count))
    }
    guard Int(written) == bytes.count else { throw .lastOpenSSLError("buffer \(bytes.count) bytes") }
  }

  func contents() throws(JOSEError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: unsafe BIO_ctrl_pending(pointer))
    guard unsafe BIO_read(pointer, &bytes, Int32(bytes.count)) == bytes.count else {
      throw .lastOpenSSLError("read a buffer")
    }
    return bytes
  }
}

/// The textual encodings of RFC 7468, by their labels.
enum PEM {
  static let privateLabels = ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"]

  /// Refuses text without a block of one of these labels, saying what is there instead.
  static func require(_ labels: [String], in text: Span<UInt8>, _ wanted: String) throws(JOSEError) -> String
  {
    let found = self.labels(in: text)
    if let label = found.first(where: labels.contains) { return label }
    let seen = found.isEmpty ? "there is no PEM block in it" : "it holds \(found.joined(separator: ", "))"
    throw .invalidPEM("\(wanted) is expected, and \(seen)")
  }

  private static func labels(in text: Span<UInt8>) -> [String] {
    let (begin, end) = (Array("-----BEGIN ".utf8), Array("-----".utf8))
    return text.split(by: UInt8(ascii: "\n")).compactMap { line -> String? in
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
      guard line.starts(with: begin), line.suffix(5) == end[...], line.count > 16 else { return nil }
      // RFC 7468 §3: labels are printable ASCII. Anything else must not reach a terminal by way of an error.
      guard line.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
      return String(decoding: line.dropFirst(begin.count).dropLast(end.count), as: UTF8.self)
    }
  }
}

extension Span<UInt8> {
  /// Lines of armour, at most 80 bytes of each: a label fits, and no key material is copied around.
  fileprivate func split(by separator: UInt8) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    for index in 0...count where index == count || self[index] == separator {
      let line = extracting(start..<index)
      if line.count >= 2, line[0] == UInt8(ascii: "-"), line.count <= 80 { lines.append(line.map { $0 }) }
      start = index + 1
    }
    return lines
  }
}
