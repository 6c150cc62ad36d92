import COpenSSL

extension KeyHandle {
  /// An unsigned big-endian integer parameter of the key, left-padded to `length` bytes if that is given.
  func component(_ name: String, length: Int? = nil) throws(JWAError) -> [UInt8] {
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
  func rawPublicKey(length: Int) throws(JWAError) -> [UInt8] {
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

  init() throws(JWAError) {
    unsafe builder = try check(OSSL_PARAM_BLD_new(), "make a parameter list")
  }

  deinit {
    unsafe OSSL_PARAM_BLD_free(builder)
    for index in unsafe numbers.indices { unsafe BN_clear_free(numbers[index]) }
    for index in unsafe texts.indices { unsafe texts[index].deallocate() }
  }

  /// `BN_secure_new` marks the number secret: OpenSSL wipes every copy it makes of it.
  mutating func add(_ name: String, integer: Span<UInt8>) throws(JWAError) {
    let number = try unsafe check(BN_secure_new(), "make a number")
    unsafe numbers.append(number)
    let parsed = unsafe integer.withUnsafeBufferPointer {
      unsafe BN_bin2bn($0.baseAddress, Int32(truncatingIfNeeded: $0.count), number)
    }
    _ = try unsafe check(parsed, "read \(name)")
    try unsafe check(OSSL_PARAM_BLD_push_BN(builder, held(name), number), "take \(name)")
  }

  /// The modulus and the public exponent of RSA, without zero bytes before them (RFC 7518 §2, §6.3.1).
  mutating func add(n: [UInt8], e: [UInt8]) throws(JWAError) {
    for (name, value) in [("n", n), ("e", e)] {
      guard value.first != 0 else { throw .invalidKey("\(name) begins with a zero byte (RFC 7518 §6.3.1)") }
      try add(name, integer: value.span)
    }
  }

  mutating func add(_ name: String, text: String) throws(JWAError) {
    try unsafe check(OSSL_PARAM_BLD_push_utf8_string(builder, held(name), held(text), 0), "take \(name)")
  }

  mutating func add(_ name: String, octets: [UInt8]) throws(JWAError) {
    let bytes = unsafe held(octets.map(CChar.init(bitPattern:)))
    try unsafe check(
      OSSL_PARAM_BLD_push_octet_string(builder, held(name), bytes, octets.count), "take \(name)")
  }

  /// Makes the key; `selection` says which half (`OPENSSL_SELECT_PUBLIC_KEY` or `OPENSSL_SELECT_KEYPAIR`).
  consuming func key(ofType type: String, selection: Int32) throws(JWAError) -> KeyHandle {
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
