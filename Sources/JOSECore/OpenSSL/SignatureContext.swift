import COpenSSL

/// RFC 7517 §4.3.
enum KeyOperation: Sendable { case sign, verify }

/// One thread's contexts: one for each key, set up once and used for every message.
struct SignatureContexts {
  private let operation: KeyOperation
  private var contexts: [ObjectIdentifier: SignatureContext] = [:]

  init(_ operation: KeyOperation) { self.operation = operation }

  mutating func context(
    for algorithm: Algorithm, _ kind: KeyKind, _ key: KeyHandle
  ) throws(JOSEError) -> SignatureContext {
    // A context holds its key, so an identity can't come back for another key while the context is there.
    let identity = ObjectIdentifier(key)
    if let context = contexts[identity], context.algorithm == algorithm { return context }
    // Rotation leaves old keys behind; a ring signs with a few, so this seldom happens.
    if contexts.count >= 64 { contexts.removeAll() }
    let context = try SignatureContext(operation, algorithm, kind, key)
    contexts[identity] = context
    return context
  }
}

/// One thread's context for signing or verifying with one key.
final class SignatureContext {
  let algorithm: Algorithm
  private let key: KeyHandle
  private let input: Input

  private enum Input: ~Copyable {
    case digest(KeyContext)
    case message(MessageContext)
  }

  init(
    _ operation: KeyOperation, _ algorithm: Algorithm, _ kind: KeyKind, _ key: KeyHandle
  ) throws(JOSEError) {
    self.algorithm = algorithm
    self.key = key
    if case .okp = kind {
      input = .message(try .ready(to: operation, key))
    } else {
      input = .digest(try .ready(to: operation, algorithm.scheme, key))
    }
  }

  /// Appends the signature of a hash value (of the whole message for EdDSA).
  func sign(_ input: Span<UInt8>, into signature: inout OutputSpan<UInt8>) throws(JOSEError) {
    guard case .ecdsa(_, let curve) = algorithm.scheme else {
      return try unsafe signature.withUnsafeMutableBufferPointer { (buffer, initialized) throws(JOSEError) in
        let free = unsafe UnsafeMutableBufferPointer(rebasing: buffer[initialized...])
        initialized += try unsafe sign(input, into: free)
      }
    }
    // P-521 needs most: two integers of 66 bytes with tag, length and sign byte, in a sequence of 3 bytes more.
    var der = InlineArray<144, UInt8>(repeating: 0)
    var room = der.mutableSpan
    let length = try unsafe room.withUnsafeMutableBufferPointer { (buffer) throws(JOSEError) in
      try unsafe sign(input, into: buffer)
    }
    try ECDSASignature.append(der.span.extracting(first: length), curve.coordinateLength, to: &signature)
  }

  private func sign(
    _ input: Span<UInt8>, into buffer: UnsafeMutableBufferPointer<UInt8>
  ) throws(JOSEError) -> Int {
    switch self.input {
    case .digest(let context): try unsafe context.sign(input, into: buffer)
    case .message(let context): try unsafe context.sign(input, into: buffer)
    }
  }

  /// Whether a signature is one of a hash value (of the whole message for EdDSA).
  func isValid(_ signature: Span<UInt8>, for input: Span<UInt8>) throws(JOSEError) -> Bool {
    switch self.input {
    case .message(let context): return try context.isValid(signature, for: input)
    case .digest(let context):
      guard case .ecdsa = algorithm.scheme else { return context.isValid(signature, for: input) }
      let der = ECDSASignature.der(signature)
      return context.isValid(der.span, for: input)
    }
  }
}

/// Owns one `EVP_PKEY_CTX`: an operation on a key, set up once and used for any number of messages.
@safe
struct KeyContext: ~Copyable {
  private let context: OpaquePointer

  /// For making keys of a type.
  init(type: String) throws(JOSEError) {
    unsafe context = try check(EVP_PKEY_CTX_new_from_name(nil, type, nil), "use keys of type \(type)")
  }

  /// For operations with a key.
  init(_ key: KeyHandle) throws(JOSEError) {
    unsafe context = try check(EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil), "use a key")
  }

  deinit { unsafe EVP_PKEY_CTX_free(context) }
}

// MARK: - Making and checking keys

extension KeyContext {
  static func generate(_ kind: KeyKind) throws(JOSEError) -> KeyHandle {
    let context = try KeyContext(type: kind.openSSLType)
    try unsafe check(EVP_PKEY_keygen_init(context.context), "prepare a key generation")
    switch kind {
    case .rsa(let bits):
      try unsafe check(EVP_PKEY_CTX_set_rsa_keygen_bits(context.context, Int32(bits)), "set the modulus size")
    case .ec(let curve):
      try unsafe check(EVP_PKEY_CTX_set_group_name(context.context, curve.rawValue), "set the curve")
    case .okp: break
    }
    var key: OpaquePointer?
    try unsafe check(EVP_PKEY_generate(context.context, &key), "generate a key")
    return unsafe KeyHandle(owning: try check(key, "generate a key"))
  }

  func key(from parameters: UnsafeMutablePointer<OSSL_PARAM>, selection: Int32) throws(JOSEError) -> KeyHandle
  {
    try unsafe check(EVP_PKEY_fromdata_init(context), "prepare a key import")
    var key: OpaquePointer?
    guard unsafe EVP_PKEY_fromdata(context, &key, selection, parameters) == 1, let key = unsafe key else {
      throw .invalidKey(JOSEError.lastOpenSSLError("import a key").description)
    }
    return unsafe KeyHandle(owning: key)
  }

  /// Refuses a private key whose public half isn't its own.
  static func checkPair(_ key: KeyHandle) throws(JOSEError) {
    let context = try KeyContext(key)
    guard unsafe EVP_PKEY_pairwise_check(context.context) == 1 else {
      ERR_clear_error()
      throw .invalidKey("the private and the public half don't belong together")
    }
  }
}

// MARK: - Signing and verifying a digest

extension KeyContext {
  static func ready(
    to operation: KeyOperation, _ scheme: Algorithm.Scheme, _ key: KeyHandle
  ) throws(JOSEError) -> KeyContext {
    let context = try KeyContext(key)
    switch operation {
    case .sign: try unsafe check(EVP_PKEY_sign_init(context.context), "prepare a signature")
    case .verify: try unsafe check(EVP_PKEY_verify_init(context.context), "prepare a verification")
    }
    try context.configure(scheme)
    return context
  }

  private func configure(_ scheme: Algorithm.Scheme) throws(JOSEError) {
    switch scheme {
    case .rsaPKCS1(let digest):
      try setPadding(RSA_PKCS1_PADDING, digest)
    case .rsaPSS(let digest):
      try setPadding(RSA_PKCS1_PSS_PADDING, digest)
      // RFC 7518 §3.5: the salt is as long as the hash, and MGF1 uses the same hash, which is OpenSSL's default.
      try unsafe check(
        EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST), "set the salt length")
    case .ecdsa(let digest, _):
      try unsafe check(EVP_PKEY_CTX_set_signature_md(context, digest.fetched()), "set the hash")
    case .hmac, .edDSA: break
    }
  }

  private func setPadding(_ padding: Int32, _ digest: MessageDigest) throws(JOSEError) {
    try unsafe check(EVP_PKEY_CTX_set_rsa_padding(context, padding), "set the padding")
    try unsafe check(EVP_PKEY_CTX_set_signature_md(context, digest.fetched()), "set the hash")
  }

  /// Writes the signature over a hash value to `output` and returns its length in bytes.
  func sign(
    _ digest: Span<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) throws(JOSEError) -> Int {
    var length = output.count
    try unsafe digest.withUnsafeBufferPointer { (digest) throws(JOSEError) in
      try unsafe check(
        EVP_PKEY_sign(context, output.baseAddress, &length, digest.baseAddress, digest.count), "sign")
    }
    return length
  }

  func isValid(_ signature: Span<UInt8>, for digest: Span<UInt8>) -> Bool {
    let result = unsafe signature.withUnsafeBufferPointer { signature in
      unsafe digest.withUnsafeBufferPointer { digest in
        unsafe EVP_PKEY_verify(
          context, signature.baseAddress, signature.count, digest.baseAddress, digest.count)
      }
    }
    if result != 1 { ERR_clear_error() }
    return result == 1
  }
}

extension KeyKind {
  var openSSLType: String {
    switch self {
    case .rsa: "RSA"
    case .ec: "EC"
    case .okp(let curve): curve.openSSLName
    }
  }
}

/// Owns one `EVP_MD_CTX` for EdDSA, which signs and verifies whole messages (RFC 8032 §5.1.6, §5.1.7).
@safe
struct MessageContext: ~Copyable {
  private let context: OpaquePointer
  private let operation: KeyOperation
  private let key: KeyHandle

  private init(_ operation: KeyOperation, _ key: KeyHandle) throws(JOSEError) {
    (self.operation, self.key) = (operation, key)
    unsafe context = try check(EVP_MD_CTX_new(), "make a signature context")
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  static func ready(to operation: KeyOperation, _ key: KeyHandle) throws(JOSEError) -> MessageContext {
    let context = try MessageContext(operation, key)
    try unsafe context.begin(key.pointer)
    return context
  }

  /// Newer OpenSSL lets a context finish once only, so each message begins anew. With the key that the context has that
  /// takes 0.06 µs instead of 2.
  private func beginAgain() throws(JOSEError) {
    do throws(JOSEError) { try unsafe begin(nil) } catch { try unsafe begin(key.pointer) }
  }

  /// - Parameter key: `nil` for the one that the context has.
  @unsafe
  private func begin(_ key: OpaquePointer?) throws(JOSEError) {
    switch operation {
    case .sign:
      try unsafe check(EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key, nil), "prepare a signature")
    case .verify:
      try unsafe check(
        EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil), "prepare a verification")
    }
  }

  /// For `.sign`.
  func sign(
    _ message: Span<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) throws(JOSEError) -> Int {
    try beginAgain()
    var length = output.count
    try unsafe message.withUnsafeBufferPointer { (message) throws(JOSEError) in
      try unsafe check(
        EVP_DigestSign(context, output.baseAddress, &length, message.baseAddress, message.count), "sign")
    }
    return length
  }

  /// For `.verify`.
  func isValid(_ signature: Span<UInt8>, for message: Span<UInt8>) throws(JOSEError) -> Bool {
    try beginAgain()
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
