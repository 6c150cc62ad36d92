import Synchronization
import SystemSupport

/// The real file system, except that one call fails, or that nothing works any more from one call on.
///
/// Calls that change nothing count too: a read may fail like any other.
final class FaultyFileSystem: FileSystem {
  enum Fault: Sendable {
    /// The call fails with this `errno`; those after it work.
    case error(Int32)
    /// The process is dead from this call on, so that even its cleaning up changes nothing.
    case crash
    /// The call still takes effect, and then the process is dead.
    case crashAfter
  }

  private struct State {
    var calls = 0
    var isDead = false
  }

  private let real = POSIXFileSystem()
  private let state = Mutex(State())
  private let fault: (call: Int, kind: Fault)?
  private let applies: @Sendable (String, String) -> Bool

  /// - Parameter applies: which operations on which paths count as calls.
  init(
    _ kind: Fault? = nil, atCall call: Int = 0,
    applies: @escaping @Sendable (_ operation: String, _ path: String) -> Bool = { _, _ in true }
  ) {
    fault = kind.map { (call, $0) }
    self.applies = applies
  }

  var calls: Int { state.withLock { $0.calls } }

  /// Counts a call; answers whether the process dies when it is done.
  private func enter(_ operation: String, _ path: String) throws(FileError) -> Bool {
    guard applies(operation, path) else { return false }
    let (number, isDead) = state.withLock { state in
      state.calls += 1
      return (state.calls, state.isDead)
    }
    if isDead { throw FileError(operation, path, code: 5) }
    guard let fault, fault.call == number else { return false }
    if case .crashAfter = fault.kind { return true }
    if case .error(let code) = fault.kind { throw FileError(operation, path, code: code) }
    try die(true, operation, path)
    return true
  }

  private func die(_ dies: Bool, _ operation: String, _ path: String) throws(FileError) {
    guard dies else { return }
    state.withLock { $0.isDead = true }
    throw FileError(operation, path, code: 5)
  }

  func create(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    let dies = try enter("create", path)
    let result = try real.create(path, permissions: permissions)
    try die(dies, "create", path)
    return result
  }

  func openForAppending(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    let dies = try enter("open", path)
    let result = try real.openForAppending(path, permissions: permissions)
    try die(dies, "open", path)
    return result
  }

  func append(_ bytes: Span<UInt8>, to file: borrowing OpenFile) throws(FileError) {
    let dies = try enter("write", file.path)
    try real.append(bytes, to: file)
    try die(dies, "write", file.path)
  }

  func synchronize(_ file: borrowing OpenFile) throws(FileError) {
    let dies = try enter("make durable", file.path)
    try real.synchronize(file)
    try die(dies, "make durable", file.path)
  }

  func synchronizeDirectory(_ path: String) throws(FileError) {
    let dies = try enter("make durable", path)
    try real.synchronizeDirectory(path)
    try die(dies, "make durable", path)
  }

  func move(_ path: String, to newPath: String) throws(FileError) {
    let dies = try enter("replace", newPath)
    try real.move(path, to: newPath)
    try die(dies, "replace", newPath)
  }

  func remove(_ path: String) throws(FileError) {
    let dies = try enter("remove", path)
    try real.remove(path)
    try die(dies, "remove", path)
  }

  func makeDirectory(_ path: String, permissions: UInt32) throws(FileError) {
    let dies = try enter("make the directory", path)
    try real.makeDirectory(path, permissions: permissions)
    try die(dies, "make the directory", path)
  }

  func names(in directory: String) throws(FileError) -> [String] {
    let dies = try enter("list", directory)
    let result = try real.names(in: directory)
    try die(dies, "list", directory)
    return result
  }

  func contents(of path: String, limit: Int) throws(FileError) -> FileContents {
    let dies = try enter("read", path)
    let result = try real.contents(of: path, limit: limit)
    try die(dies, "read", path)
    return result
  }

  func lock(_ path: String) throws(FileError) -> OpenFile {
    let dies = try enter("lock", path)
    let result = try real.lock(path)
    try die(dies, "lock", path)
    return result
  }
}
