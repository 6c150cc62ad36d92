import SystemSupport
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A file in a directory of its own, both gone when the value is.
final class TemporaryFile {
  let path: String

  init(_ text: String, permissions: UInt32) throws {
    var template = Array("/tmp/idtokens-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) + "/secret"
    let files = POSIXFileSystem()
    let file = try files.create(path, permissions: 0o600)
    try files.append(Array(text.utf8).span, to: file)
    // A mask of the process narrows the permissions of a new file, not those set afterwards.
    try #require(chmod(path, mode_t(permissions)) == 0)
  }

  deinit {
    unlink(path)
    rmdir(Path.parent(of: path))
  }
}
