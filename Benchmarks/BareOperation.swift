import BareMultiBuffer
import BareOpenSSL
import IDTokens
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
    guard first == token.signature else {
      throw BenchmarkError(
        "the bare \(algorithm.rawValue) operation makes another signature than the token's")
    }
  }

  private mutating func signature() throws -> [UInt8] {
    try run(1)
    var length = 0
    return unsafe Array(UnsafeBufferPointer(start: bare_signature(operation, &length), count: length))
  }

  private static func check(_ status: bare_status) throws { if status != BARE_OK { throw failure(status) } }

  private static func failure(_ status: bare_status) -> BenchmarkError {
    let reason = unsafe bare_reason().map { unsafe " (\(String(cString: $0)))" } ?? ""
    return unsafe BenchmarkError(
      "the bare OpenSSL operation: \(String(cString: bare_meaning(status)))\(reason)")
  }
}

/// The second limit: eight signatures at a time over the same bytes, by the multi-buffer library alone, in C.
@safe
struct BareMultiBufferOperation: Workload, ~Copyable {
  private let operation: OpaquePointer

  var group: Int { Int(SLOTS) }

  /// Of the signature that a token of ours carries. The operation has verified each of its eight with OpenSSL.
  init(_ subject: Subject, like token: String) throws {
    unsafe operation = try Self.make(subject, SampleToken(token))
  }

  deinit { unsafe multi_buffer_free(operation) }

  /// As many as there are in whole operations, at least.
  mutating func run(_ count: Int) throws { try Self.check(unsafe multi_buffer_repeat(operation, count)) }

  private static func make(_ subject: Subject, _ token: SampleToken) throws -> OpaquePointer {
    let make = unsafe subject.algorithm == .ps256 ? multi_buffer_make_pss : multi_buffer_make
    var made: OpaquePointer?
    let status = subject.keyMaterial.withBytes { key in
      unsafe key.withUnsafeBufferPointer { key in
        unsafe token.message.withUnsafeBufferPointer { bytes in
          let message = unsafe multi_buffer_message(
            bytes: bytes.baseAddress, length: bytes.count, prefix_length: token.prefixLength)
          return unsafe make(key.baseAddress, key.count, message, &made)
        }
      }
    }
    try check(status)
    guard let made = unsafe made else { throw failure(status) }
    return unsafe made
  }

  private static func check(_ status: multi_buffer_status) throws {
    if status != MULTI_BUFFER_OK { throw failure(status) }
  }

  private static func failure(_ status: multi_buffer_status) -> BenchmarkError {
    unsafe BenchmarkError("the bare multi-buffer operation: \(String(cString: multi_buffer_meaning(status)))")
  }
}

/// A minted token, taken apart for the bare operation.
struct SampleToken {
  /// The signing input (RFC 7515 §5.1 step 5).
  let message: [UInt8]
  /// How much of it is the same in every token of the session.
  var prefixLength: Int
  let signature: [UInt8]

  init(_ token: String) throws {
    let jws = try CompactJWS(parsing: token)
    (message, signature) = (jws.withSigningInput { input in input.indices.map { input[$0] } }, jws.signature)
    // The times begin with exp; whole groups of three bytes before it are encoded alike in every token.
    guard let constant = String(decoding: jws.payload, as: UTF8.self).firstRange(of: "\"exp\":"),
      let dot = message.firstIndex(of: UInt8(ascii: "."))
    else { throw BenchmarkError("the minted token has no exp claim") }
    let bytes = String(decoding: jws.payload, as: UTF8.self)[..<constant.lowerBound].utf8.count
    prefixLength = dot + 1 + Base64URL.encodedLength(bytes / 3 * 3)
  }
}
