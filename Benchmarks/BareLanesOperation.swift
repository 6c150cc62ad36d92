import BareMultiBuffer
import JOSECore

/// The second limit: eight signatures at a time over the same bytes, by the multi-buffer library alone, in C.
@safe
struct BareLanesOperation: Workload, ~Copyable {
  private let operation: OpaquePointer

  var group: Int { Int(LANES) }

  /// Of the signature that a token of ours carries. The operation has verified each lane's with OpenSSL.
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
    unsafe .bareLanes(String(cString: multi_buffer_meaning(status)))
  }
}

extension Runs {
  /// The second limit beside the first, where lanes are on and have something for the algorithm.
  func addLanes(_ subject: Subject, like token: String) throws {
    guard case .on = subject.lanes.status, !subject.algorithm.isSymmetric else { return }
    do { lanes = AnyWorkload(try BareLanesOperation(subject, like: token)) } catch BenchmarkError.bareLanes(
      let meaning)
    { note = "no second limit for \(subject.algorithm): \(meaning)" }
  }
}
