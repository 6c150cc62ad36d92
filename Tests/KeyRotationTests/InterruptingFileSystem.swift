import Synchronization
import SystemSupport

/// The real file system, with something that another process does just before a file is read for the first time.
final class InterruptingFileSystem: FileSystem {
  private let real = POSIXFileSystem()
  private let suffix: String
  private let interruption: @Sendable () throws -> Void
  private let isDone = Mutex(false)

  init<Result>(before suffix: String, _ interruption: @escaping @Sendable () throws -> Result) {
    self.suffix = suffix
    self.interruption = { _ = try interruption() }
  }

  func contents(of path: String, limit: Int) throws(FileError) -> FileContents {
    let isFirst = isDone.withLock { isDone in
      defer { if path.hasSuffix(suffix) { isDone = true } }
      return !isDone && path.hasSuffix(suffix)
    }
    if isFirst {
      do { try interruption() } catch { throw FileError("interrupt", path, reason: "\(error)") }
    }
    return try real.contents(of: path, limit: limit)
  }

  func create(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    try real.create(path, permissions: permissions)
  }
  func openForAppending(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    try real.openForAppending(path, permissions: permissions)
  }
  func append(_ bytes: Span<UInt8>, to file: borrowing OpenFile) throws(FileError) {
    try real.append(bytes, to: file)
  }
  func synchronize(_ file: borrowing OpenFile) throws(FileError) { try real.synchronize(file) }
  func synchronizeDirectory(_ path: String) throws(FileError) { try real.synchronizeDirectory(path) }
  func move(_ path: String, to newPath: String) throws(FileError) { try real.move(path, to: newPath) }
  func remove(_ path: String) throws(FileError) { try real.remove(path) }
  func makeDirectory(_ path: String, permissions: UInt32) throws(FileError) {
    try real.makeDirectory(path, permissions: permissions)
  }
  func names(in directory: String) throws(FileError) -> [String] { try real.names(in: directory) }
  func lock(_ path: String) throws(FileError) -> OpenFile { try real.lock(path) }
}
