#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Pages of their own for secrets: never swapped out, left out of core dumps, and wiped before they go back.
@safe
package struct LockedMemory: ~Copyable, @unchecked Sendable {
  private let pages: UnsafeMutableRawPointer
  package let byteCount: Int

  /// What a forked child finds in it. Its copy is not locked, as fork(2) says.
  package enum AfterFork {
    case copied
    /// Zeros, on Linux: for what two processes must not share.
    case zeroed
  }

  /// `nil` where the system gives or locks no more (`ulimit -l`).
  package init?(byteCount: Int, afterFork: AfterFork = .copied) {
    let mapped = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return nil }
    guard unsafe mlock(mapped, byteCount) == 0 else {
      unsafe munmap(mapped, byteCount)
      return nil
    }
    #if os(Linux)
    _ = unsafe madvise(mapped, byteCount, MADV_DONTDUMP)
    if afterFork == .zeroed { _ = unsafe madvise(mapped, byteCount, MADV_WIPEONFORK) }
    #endif
    unsafe pages = mapped
    self.byteCount = byteCount
  }

  deinit {
    wipe()
    unsafe munlock(pages, byteCount)
    unsafe munmap(pages, byteCount)
  }

  /// Zeroes it, whatever the compiler thinks of stores that nobody reads.
  package func wipe() {
    #if canImport(Darwin)
    _ = unsafe memset_s(pages, byteCount, 0, byteCount)
    #else
    unsafe explicit_bzero(pages, byteCount)
    #endif
  }

  package func withBytes<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = unsafe UnsafeBufferPointer(bytes(range).assumingMemoryBound(to: UInt8.self))
    return try body(unsafe bytes.span)
  }

  /// The bytes in `range`; good for as long as this is.
  @unsafe
  package func bytes(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "\(range) of \(byteCount) bytes")
    return unsafe UnsafeMutableRawBufferPointer(start: pages + range.lowerBound, count: range.count)
  }
}
