import SystemSupport
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A directory of the test's own, gone with everything in it when the value is.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/idtokens-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { Self.remove(path) }

  /// Where the tests' rings lie; not there before a ring is made.
  var ring: String { path + "/ring" }

  func names() throws -> [String] { try POSIXFileSystem().names(in: ring) }

  func text(_ name: String) throws -> String {
    String(
      decoding: try POSIXFileSystem().contents(of: ring + "/" + name, limit: 1 << 20).bytes, as: UTF8.self)
  }

  func permissions(_ name: String) throws -> UInt32 {
    try POSIXFileSystem().contents(of: ring + "/" + name, limit: 1 << 20).permissions
  }

  func write(_ text: String, to name: String, permissions: UInt32 = 0o600) throws {
    let path = ring + "/" + name
    unlink(path)
    let files = POSIXFileSystem()
    try files.append(Array(text.utf8).span, to: files.create(path, permissions: 0o600))
    try #require(chmod(path, mode_t(permissions)) == 0)
  }

  func remove(_ name: String) { unlink(ring + "/" + name) }

  private static func remove(_ path: String) {
    for name in (try? POSIXFileSystem().names(in: path)) ?? [] { remove(path + "/" + name) }
    if unlink(path) != 0 { rmdir(path) }
  }
}
