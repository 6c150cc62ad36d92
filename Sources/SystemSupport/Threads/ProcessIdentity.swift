#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Who this process is, for logs.
package enum ProcessIdentity {
  /// `uid 1000, pid 4711 on host`.
  package static var description: String {
    var name = [CChar](repeating: 0, count: 256)
    let isNamed = unsafe gethostname(&name, name.count - 1) == 0
    let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return "uid \(getuid()), pid \(getpid())" + (isNamed ? " on \(host)" : "")
  }
}
