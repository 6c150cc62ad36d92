import COpenSSL

/// Owns one `EVP_PKEY`. OpenSSL never changes a key after it is made, so threads may share it.
@safe
final class KeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes over the caller's reference.
  init(owning pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  deinit { unsafe EVP_PKEY_free(pointer) }

  /// What this key is, if JWA has an algorithm for it.
  func kind() throws(JOSEError) -> KeyKind {
    if unsafe EVP_PKEY_is_a(pointer, "RSA") == 1 { return try rsaKind() }
    if unsafe EVP_PKEY_is_a(pointer, "EC") == 1 { return try ellipticKind() }
    for curve in KeyKind.EdwardsCurve.allCases where unsafe EVP_PKEY_is_a(pointer, curve.openSSLName) == 1 {
      return .okp(curve)
    }
    let name = unsafe EVP_PKEY_get0_type_name(pointer).map { unsafe String(cString: $0) } ?? "unknown"
    throw .invalidKey("keys of type \(name) have no JWS algorithm here; use RSA, EC, Ed25519 or Ed448")
  }

  private func rsaKind() throws(JOSEError) -> KeyKind {
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

  private func ellipticKind() throws(JOSEError) -> KeyKind {
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

extension KeyHandle {
  /// An unsigned big-endian integer parameter of the key, left-padded to `length` bytes if that is given.
  func component(_ name: String, length: Int? = nil) throws(JOSEError) -> [UInt8] {
    var number: OpaquePointer?
    try unsafe check(EVP_PKEY_get_bn_param(pointer, name, &number), "read \(name) of a key")
    defer { unsafe BN_free(number) }
    let size = unsafe length ?? Int((BN_num_bits(number) + 7) / 8)
    var bytes = [UInt8](repeating: 0, count: size)
    guard unsafe BN_bn2binpad(number, &bytes, Int32(size)) == size else {
      throw .lastOpenSSLError("write \(name) of a key")
    }
    return bytes
  }

  /// The public key of an OKP key as it stands in `x` (RFC 8037 §2).
  func rawPublicKey(length: Int) throws(JOSEError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    var written = length
    try unsafe check(EVP_PKEY_get_raw_public_key(pointer, &bytes, &written), "read a public key")
    return bytes
  }
}

/// Named integers and octets from which OpenSSL makes a key.
///
/// OpenSSL keeps the pointers it is given until the key is made, so names and values are held here as long.
@safe
struct KeyParameters: ~Copyable {
  private let builder: OpaquePointer
  private var numbers: [OpaquePointer] = unsafe []
  private var texts: [UnsafeMutableBufferPointer<CChar>] = unsafe []

  init() throws(JOSEError) {
    unsafe builder = try check(OSSL_PARAM_BLD_new(), "make a parameter list")
  }

  deinit {
    unsafe OSSL_PARAM_BLD_free(builder)
    for index in unsafe numbers.indices { unsafe BN_clear_free(numbers[index]) }
    for index in unsafe texts.indices { unsafe texts[index].deallocate() }
  }

  /// `BN_secure_new` marks the number secret: OpenSSL wipes every copy it makes of it.
  mutating func add(_ name: String, integer: Span<UInt8>) throws(JOSEError) {
    let number = try unsafe check(BN_secure_new(), "make a number")
    unsafe numbers.append(number)
    let parsed = unsafe integer.withUnsafeBufferPointer {
      unsafe BN_bin2bn($0.baseAddress, Int32(truncatingIfNeeded: $0.count), number)
    }
    _ = try unsafe check(parsed, "read \(name)")
    try unsafe check(OSSL_PARAM_BLD_push_BN(builder, held(name), number), "take \(name)")
  }

  /// The modulus and the public exponent of RSA, without zero bytes before them (RFC 7518 §2, §6.3.1).
  mutating func add(n: [UInt8], e: [UInt8]) throws(JOSEError) {
    for (name, value) in [("n", n), ("e", e)] {
      guard value.first != 0 else { throw .invalidKey("\(name) begins with a zero byte (RFC 7518 §6.3.1)") }
      try add(name, integer: value.span)
    }
  }

  mutating func add(_ name: String, text: String) throws(JOSEError) {
    try unsafe check(OSSL_PARAM_BLD_push_utf8_string(builder, held(name), held(text), 0), "take \(name)")
  }

  mutating func add(_ name: String, octets: [UInt8]) throws(JOSEError) {
    let bytes = unsafe held(octets.map(CChar.init(bitPattern:)))
    try unsafe check(
      OSSL_PARAM_BLD_push_octet_string(builder, held(name), bytes, octets.count), "take \(name)")
  }

  /// Makes the key; `selection` says which half (`OPENSSL_SELECT_PUBLIC_KEY` or `OPENSSL_SELECT_KEYPAIR`).
  consuming func key(ofType type: String, selection: Int32) throws(JOSEError) -> KeyHandle {
    let parameters = try unsafe check(OSSL_PARAM_BLD_to_param(builder), "assemble the key's parameters")
    defer { unsafe OSSL_PARAM_free(parameters) }
    let context = try KeyContext(type: type)
    return try unsafe context.key(from: parameters, selection: selection)
  }

  private mutating func held(_ text: String) -> UnsafePointer<CChar>? {
    unsafe held(text.utf8.map(CChar.init(bitPattern:)) + [0])
  }

  private mutating func held(_ bytes: [CChar]) -> UnsafePointer<CChar>? {
    let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
    _ = unsafe copy.initialize(from: bytes)
    unsafe texts.append(copy)
    return unsafe UnsafePointer(copy.baseAddress)
  }
}
