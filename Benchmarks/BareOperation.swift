import BareOpenSSL
import JOSECore

/// The limit: the same signature over the same bytes by OpenSSL alone, in C.
@safe
struct BareOperation: Workload, ~Copyable {
  private let operation: OpaquePointer

  init(_ subject: Subject, _ token: SampleToken) throws { unsafe operation = try Self.make(subject, token) }

  /// The signature that a token of ours carries, checked.
  static func signing(_ subject: Subject, like token: String) throws -> BareOperation {
    let sample = try SampleToken(token)
    var limit = try BareOperation(subject, sample)
    try limit.check(subject.algorithm, sample)
    return limit
  }

  /// The verification of the same message.
  static func verification(_ subject: Subject, _ token: SampleToken) throws -> BareOperation {
    var whole = token
    whole.prefixLength = 0
    var limit = try BareOperation(subject, whole)
    try limit.check(subject.algorithm, whole)
    try check(unsafe bare_turn_to_verification(limit.operation))
    return limit
  }

  deinit { unsafe bare_free(operation) }

  mutating func run(_ count: Int) throws { try Self.check(unsafe bare_repeat(operation, count)) }

  private static func make(_ subject: Subject, _ token: SampleToken) throws -> OpaquePointer {
    let make =
      switch subject.algorithm {
      case .hs256: unsafe bare_hmac
      case .edDSA: unsafe bare_sign_message
      case .ps256: unsafe bare_hash_and_sign_pss
      default: unsafe bare_hash_and_sign
      }
    var made: OpaquePointer?
    let status = subject.keyMaterial.withBytes { key in
      unsafe key.withUnsafeBufferPointer { key in
        unsafe token.message.withUnsafeBufferPointer { bytes in
          let message = unsafe bare_message(
            bytes: bytes.baseAddress, length: bytes.count, prefix_length: token.prefixLength)
          return unsafe make(key.baseAddress, key.count, message, &made)
        }
      }
    }
    try check(status)
    guard let made = unsafe made else { throw failure(status) }
    return unsafe made
  }

  /// Fails unless the operation makes the token's signature: else it would be a limit of something else.
  mutating func check(_ algorithm: Algorithm, _ token: SampleToken) throws {
    let (first, second) = (try signature(), try signature())
    // ECDSA takes a new nonce each time and PSS a new salt: their signatures differ, and have to verify.
    if first != second { return try Self.check(unsafe bare_check(operation)) }
    guard first == token.signature else { throw BenchmarkError.differentSignatures(algorithm.rawValue) }
  }

  private mutating func signature() throws -> [UInt8] {
    try run(1)
    var length = 0
    return unsafe Array(UnsafeBufferPointer(start: bare_signature(operation, &length), count: length))
  }

  private static func check(_ status: bare_status) throws { if status != BARE_OK { throw failure(status) } }

  private static func failure(_ status: bare_status) -> BenchmarkError {
    unsafe .bareOperation(
      String(cString: bare_meaning(status)), reason: bare_reason().map(String.init(cString:)))
  }
}
