#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

package enum SystemClock {
  /// Seconds since 1970-01-01T00:00:00Z, by the wall clock.
  package static func secondsSinceEpoch() -> Int64 {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec)
  }
}
