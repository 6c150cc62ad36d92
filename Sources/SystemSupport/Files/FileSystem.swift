/// The system calls that durable storage is made of, one method each.
///
/// A protocol, so that a test can make every one of them fail or be the last before a crash.
package protocol FileSystem: Sendable {
  /// Makes a file that must not exist yet (`O_EXCL`) and opens it for writing.
  func create(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile
  /// Opens a file for writing at its end, and makes it if it is missing.
  func openForAppending(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile
  func append(_ bytes: Span<UInt8>, to file: borrowing OpenFile) throws(FileError)
  func synchronize(_ file: borrowing OpenFile) throws(FileError)
  /// Makes a directory's own entries durable: without it a rename may be forgotten.
  func synchronizeDirectory(_ path: String) throws(FileError)
  /// The path of the file that a symbolic link leads to; the path itself if it is no link.
  func destination(of path: String) throws(FileError) -> String
  func move(_ path: String, to newPath: String) throws(FileError)
  func remove(_ path: String) throws(FileError)
  func makeDirectory(_ path: String, permissions: UInt32) throws(FileError)
  func names(in directory: String) throws(FileError) -> [String]
  /// The whole file, refused beyond `limit` bytes, with its permissions as they were when it was open.
  func contents(of path: String, limit: Int) throws(FileError) -> FileContents
  /// Waits for an exclusive lock on a file (made if it is missing), held until the result is closed.
  func lock(_ path: String) throws(FileError) -> OpenFile
}

package struct FileContents: Sendable {
  package var bytes: [UInt8]
  /// The permission bits (`07777`).
  package var permissions: UInt32
}

extension FileSystem {
  /// Writes a file so that after a crash the path holds the old contents or the new ones, whole.
  ///
  /// Temporary file, fsync, rename, fsync of the directory: leaving out any of the four can lose both versions. Where the
  /// path is a symbolic link, the file that it leads to is replaced, and the link stays.
  package func replace(_ path: String, with bytes: Span<UInt8>, permissions: UInt32) throws(FileError) {
    let path = try destination(of: path)
    let temporary = path + ".new"
    // A crash may have left one. No other process writes it, since writers hold the directory's lock.
    do throws(FileError) { try remove(temporary) } catch  where error.isMissing {}
    do throws(FileError) {
      let file = try create(temporary, permissions: permissions)
      try append(bytes, to: file)
      try synchronize(file)
      try move(temporary, to: path)
    } catch {
      try? remove(temporary)
      throw error
    }
    try synchronizeDirectory(Path.parent(of: path))
  }

  /// Adds to the end of a file, durably; makes the file if it is missing.
  package func extend(_ path: String, with bytes: Span<UInt8>, permissions: UInt32) throws(FileError) {
    let file = try openForAppending(path, permissions: permissions)
    try append(bytes, to: file)
    try synchronize(file)
    try synchronizeDirectory(Path.parent(of: path))
  }

  package func destination(of path: String) throws(FileError) -> String { path }

  package func directoryExists(_ path: String) throws(FileError) -> Bool {
    do throws(FileError) {
      _ = try names(in: path)
      return true
    } catch  where error.isMissing {
      return false
    }
  }
}

package enum Path {
  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The folder in which a directory lies, as it was typed: `ring/` lies in the same as `ring`, and `.` in `./..`.
  package static func folder(of directory: String) -> String {
    var path = directory
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    let isRelative = path == "." || path == ".." || path.hasSuffix("/.") || path.hasSuffix("/..")
    return isRelative ? path + "/.." : parent(of: path)
  }

  package static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}
