import COpenSSL

extension PublicKey {
  /// Reads SPKI PEM (RFC 7468 §13).
  public init(pem: String) throws(JWAError) {
    let text = Array(pem.utf8)
    _ = try PEM.require(["PUBLIC KEY"], in: text.span, "a public key (SPKI)")
    let source = try MemoryBIO()
    try source.write(text.span)
    // RFC 1421 headers can claim encryption; without a callback OpenSSL would ask for a passphrase at the terminal.
    guard let key = unsafe PEM_read_bio_PUBKEY(source.pointer, nil, answerWithPassphrase, nil) else {
      throw .invalidPEM(JWAError.lastOpenSSLError("read the public key").description)
    }
    try self.init(unsafe KeyHandle(owning: key))
  }

  /// The key as SPKI PEM.
  public func pem() throws(JWAError) -> String {
    let target = try MemoryBIO()
    try unsafe check(PEM_write_bio_PUBKEY(target.pointer, handle.pointer), "write the public key")
    return String(decoding: try target.contents(), as: UTF8.self)
  }

  /// Copies the public half by way of its SPKI encoding, so that the private half can go while this lives on.
  init(publicHalfOf handle: KeyHandle) throws(JWAError) {
    let buffer = try MemoryBIO()
    try unsafe check(i2d_PUBKEY_bio(buffer.pointer, handle.pointer), "encode the public half")
    let copy = try unsafe check(d2i_PUBKEY_bio(buffer.pointer, nil), "decode the public half")
    try self.init(unsafe KeyHandle(owning: copy))
  }
}
