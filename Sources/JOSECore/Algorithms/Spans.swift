extension OutputSpan<UInt8> {
  /// Appends every byte of `bytes`; the caller has seen to the capacity.
  @inlinable @inline(__always)
  package mutating func append(_ bytes: Span<UInt8>) {
    precondition(freeCapacity >= bytes.count, "room for \(bytes.count) bytes")
    // One bounds check and one copy for all of them.
    unsafe bytes.withUnsafeBufferPointer { source in
      unsafe withUnsafeMutableBufferPointer { buffer, initialized in
        guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
        unsafe (to + initialized).initialize(from: from, count: source.count)
        initialized &+= source.count
      }
    }
  }
}

extension Span<UInt8> {
  /// The elements, transformed; `Span` is no `Sequence`.
  package func map<Result>(_ transform: (UInt8) -> Result) -> [Result] {
    indices.map { transform(self[$0]) }
  }
}
