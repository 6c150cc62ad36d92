#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What this process uses of its machine, for metrics. A figure is `nil` where the system doesn't tell.
package enum ProcessUsage {
  /// Seconds of processor time, of all threads.
  package static var processorSeconds: Double? {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Bytes in memory, from Linux's /proc/self/statm: its second number counts pages.
  package static var residentBytes: Int? {
    guard let bytes = try? POSIXFileSystem().contents(of: "/proc/self/statm", limit: 1024).bytes else {
      return nil
    }
    let numbers = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard numbers.count > 1, let pages = Int(numbers[1]) else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Open files and connections.
  package static var openFiles: Int? {
    // Without the one that reads the directory.
    (try? POSIXFileSystem().names(in: "/dev/fd").count).map { max(0, $0 - 1) }
  }
}
