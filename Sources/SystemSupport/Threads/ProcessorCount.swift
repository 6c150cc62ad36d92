#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

package enum ProcessorCount {
  /// Processors that this process may run on, as it was when first asked; at least 1.
  package static let available = max(1, allowed() ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// Those of the process's mask: containers and `taskset` give a process fewer than the machine has. Linux tells them in
  /// a file; the C function isn't imported.
  private static func allowed() -> Int? {
    let status = try? POSIXFileSystem().contents(of: "/proc/self/status", limit: 1 << 16).bytes
    guard let status else { return nil }
    return bits(inMaskOf: String(decoding: status, as: UTF8.self))
  }

  /// The set bits of the line `Cpus_allowed:` (hexadecimal, with commas).
  static func bits(inMaskOf status: String) -> Int? {
    let name = "Cpus_allowed:"
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
    return line.dropFirst(name.count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
  }
}
