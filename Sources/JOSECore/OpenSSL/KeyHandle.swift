import COpenSSL

/// Owns one `EVP_PKEY`. OpenSSL never changes a key after it is made, so threads may share it.
@safe
final class KeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes over the caller's reference.
  init(owning pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  deinit { unsafe EVP_PKEY_free(pointer) }

  /// What this key is, if JWA has an algorithm for it.
  func kind() throws(JWAError) -> KeyKind {
    if unsafe EVP_PKEY_is_a(pointer, "RSA") == 1 { return try rsaKind() }
    if unsafe EVP_PKEY_is_a(pointer, "EC") == 1 { return try ellipticKind() }
    for curve in KeyKind.EdwardsCurve.allCases where unsafe EVP_PKEY_is_a(pointer, curve.openSSLName) == 1 {
      return .okp(curve)
    }
    let name = unsafe EVP_PKEY_get0_type_name(pointer).map { unsafe String(cString: $0) } ?? "unknown"
    throw .invalidKey("keys of type \(name) have no JWS algorithm here; use RSA, EC, Ed25519 or Ed448")
  }

  private func rsaKind() throws(JWAError) -> KeyKind {
    let bits = unsafe Int(EVP_PKEY_get_bits(pointer))
    guard bits >= 2048 else { throw .modulusTooShort(bits: bits) }
    // OpenSSL refuses to verify with more (OPENSSL_RSA_MAX_MODULUS_BITS); a key nobody can verify is no key.
    guard bits <= 16384 else { throw .invalidKey("an RSA modulus of \(bits) bits; 16384 is the most") }
    guard try component("n").last.map({ $0 & 1 == 1 }) == true else {
      throw .invalidKey("an RSA modulus that is even")
    }
    let exponent = try component("e")
    guard let last = exponent.last, last & 1 == 1, exponent != [1] else {
      throw .invalidKey("an RSA public exponent that is even or 1")
    }
    return .rsa(modulusBits: bits)
  }

  private func ellipticKind() throws(JWAError) -> KeyKind {
    var name = [CChar](repeating: 0, count: 64)
    try unsafe check(
      EVP_PKEY_get_utf8_string_param(pointer, "group", &name, name.count, nil),
      "read the curve of a key")
    let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard let curve = KeyKind.EllipticCurve(openSSLName: text) else {
      throw .invalidKey("an EC key on \(text); RFC 7518 §6.2.1.1 knows P-256, P-384 and P-521")
    }
    return .ec(curve)
  }
}
