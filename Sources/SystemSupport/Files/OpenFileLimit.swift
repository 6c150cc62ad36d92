#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

package enum OpenFileLimit {
  /// How many files and connections this process may have open; `nil` where nothing bounds them.
  package static func current() -> Int? {
    var limit = rlimit()
    #if canImport(Darwin) || canImport(Musl)
    let resource = RLIMIT_NOFILE
    #else
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif
    guard unsafe getrlimit(resource, &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)
  }
}
