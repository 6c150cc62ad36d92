import COpenSSL

/// A piece of memory of the same length for each slot, wiped in the end.
@safe
struct MultiBufferMemory: ~Copyable {
  let length: Int
  private let memory: UnsafeMutableRawPointer

  init(length: Int) {
    self.length = length
    unsafe memory = .allocate(byteCount: MultiBufferKeyKind.slotCount * length, alignment: 64)
  }

  deinit {
    wipe()
    unsafe memory.deallocate()
  }

  func wipe() { unsafe OPENSSL_cleanse(memory, MultiBufferKeyKind.slotCount * length) }

  @unsafe
  func pointer(_ slot: Int) -> UnsafeMutableRawPointer {
    precondition((0..<MultiBufferKeyKind.slotCount).contains(slot), "slot \(slot)")
    return unsafe memory + slot * length
  }

  /// The beginning of a slot's piece, or all of it.
  func withBytes<Result, Failure: Error>(
    _ slot: Int, first count: Int? = nil, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let count = count ?? length
    precondition(count <= length, "\(count) of \(length) bytes")
    let start = unsafe pointer(slot).assumingMemoryBound(to: UInt8.self)
    return try body(unsafe UnsafeBufferPointer(start: start, count: count).span)
  }

  func write(_ bytes: Span<UInt8>, to slot: Int) {
    precondition(bytes.count <= length, "\(bytes.count) of \(length) bytes")
    unsafe bytes.withUnsafeBytes { source in
      if let from = source.baseAddress {
        unsafe pointer(slot).copyMemory(from: from, byteCount: source.count)
      }
    }
  }

  /// Fills a slot's piece to its end.
  func fill(
    _ slot: Int, _ body: (inout OutputSpan<UInt8>) throws(JOSEError) -> Void
  ) throws(JOSEError) {
    let bytes = unsafe UnsafeMutableBufferPointer(
      start: pointer(slot).assumingMemoryBound(to: UInt8.self), count: length)
    var output = unsafe OutputSpan(buffer: bytes, initializedCount: 0)
    try body(&output)
    _ = unsafe output.finalize(for: bytes)
  }
}

/// The eight pointers that the library takes for each argument.
@safe
struct MultiBufferPointers: ~Copyable {
  private let memory: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let columns: Int

  init(columns: Int) {
    self.columns = columns
    unsafe memory = .allocate(capacity: columns * MultiBufferKeyKind.slotCount)
    unsafe memory.initialize(repeating: nil, count: columns * MultiBufferKeyKind.slotCount)
  }

  deinit { unsafe memory.deallocate() }

  @unsafe
  subscript(column: Int) -> MultiBufferLibrary.Slots {
    precondition(column < columns, "column \(column)")
    return unsafe memory + column * MultiBufferKeyKind.slotCount
  }

  /// Leaves every slot out.
  func clear() { unsafe memory.update(repeating: nil, count: columns * MultiBufferKeyKind.slotCount) }
}
