import SystemSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A directory for one run, removed at its end.
enum ScratchDirectory {
  /// - Parameter inMemory: where the machine has a file system in memory. What a kill leaves behind doesn't depend on
  ///   the medium, and without the waits for a disk more commits are torn in the same time.
  static func make(inMemory: Bool = false) throws -> String {
    var root = ProcessEnvironment["TMPDIR"] ?? "/tmp"
    if inMemory, try POSIXFileSystem().directoryExists("/dev/shm") { root = "/dev/shm" }
    var template = Array("\(root)/ring-torture-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw FileError("make the directory", root, code: errno) }
    return String(decoding: template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// A directory with nothing but files in it.
  static func remove(_ path: String) throws {
    let files = POSIXFileSystem()
    guard try files.directoryExists(path) else { return }
    for name in try files.names(in: path) { try files.remove("\(path)/\(name)") }
    guard unsafe rmdir(path) == 0 else { throw FileError("remove", path, code: errno) }
  }
}
