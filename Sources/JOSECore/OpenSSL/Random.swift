import COpenSSL
import SystemSupport

/// Bytes from OpenSSL's generator, fetched in bulk: one call for many identifiers.
///
/// A process that forks must not hand the same bytes to two children, so the buffer is emptied in a new generation.
package struct RandomBuffer: ~Copyable {
  private var bytes = InlineArray<4096, UInt8>(repeating: 0)
  private var used = 4096
  private var generation = ForkGeneration.current

  package init() {}

  /// The next 16 random bytes, given out once.
  package mutating func next() throws(JOSEError) -> InlineArray<16, UInt8> {
    if used + 16 > bytes.count || generation != ForkGeneration.current { try refill() }
    defer { used += 16 }
    return unsafe bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: used, as: InlineArray<16, UInt8>.self)
  }

  /// Bytes for a single use, straight from the generator.
  package static func bytes(_ count: Int) throws(JOSEError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try unsafe check(RAND_bytes(&bytes, Int32(count)), "make random bytes")
    return bytes
  }

  private mutating func refill() throws(JOSEError) {
    generation = ForkGeneration.current
    var span = bytes.mutableSpan
    try unsafe span.withUnsafeMutableBufferPointer { (buffer) throws(JOSEError) in
      try unsafe check(RAND_bytes(buffer.baseAddress, Int32(buffer.count)), "make random bytes")
    }
    used = 0
  }
}
