import JOSECore

/// A buffer that is made once and filled again and again.
@safe
struct ReusableBuffer: ~Copyable, @unchecked Sendable {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  init(capacity: Int) { unsafe buffer = .allocate(capacity: capacity) }

  init(_ bytes: Span<UInt8>) {
    self.init(capacity: bytes.count)
    refill { $0.append(bytes) }
  }

  deinit { unsafe buffer.deallocate() }

  /// Empties the buffer and lets `fill` append to it.
  mutating func refill<Failure: Error>(
    _ fill: (inout OutputSpan<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    count = 0
    var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
    try fill(&output)
    count = unsafe output.finalize(for: buffer)
  }

  func withBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe UnsafeBufferPointer(buffer).span.extracting(first: count))
  }

  mutating func withMutableBytes(_ body: (inout MutableSpan<UInt8>) -> Void) {
    var bytes = unsafe MutableSpan(_unsafeElements: buffer.extracting(..<count))
    body(&bytes)
  }
}
