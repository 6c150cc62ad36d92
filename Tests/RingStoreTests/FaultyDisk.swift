import Synchronization
import SystemSupport
import TestSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A real directory on which any system call can fail or be the last, and that knows what a power cut would undo.
///
/// All paths are those of the real directory, under `root`.
final class FaultyDisk: FileSystem {
  enum Fault: Sendable {
    case none
    /// One call fails; of a write, half is done before.
    case fails(call: Int, code: Int32)
    /// From one call on, nothing is done any more: the process has ended.
    case stops(call: Int)
    /// As `stops`, but half of the bytes of a write arrive.
    case tears(call: Int)
    /// Every call that changes something fails.
    case refusesChanges(code: Int32)
    /// Every call fails.
    case refuses(code: Int32)
  }

  private enum Verdict {
    case proceed
    case halfWay(Int32)
    case refuse(Int32)
  }

  private struct State {
    var fault = Fault.none
    var calls: [String] = []
    var journal: DiskJournal
  }

  private let scratch: TemporaryDirectory
  var root: String { scratch.path }
  private let base = POSIXFileSystem()
  private let state: Mutex<State>

  init(_ scratch: TemporaryDirectory) throws {
    self.scratch = scratch
    state = Mutex(State(journal: DiskJournal(try DiskImage(of: scratch.path))))
  }

  /// The calls since the fault was set, such as `synchronize ring/ring.json.new`.
  var calls: [String] { state.withLock { $0.calls } }
  var journal: DiskJournal { state.withLock { $0.journal } }

  /// Begins to count anew. What was done before is as durable as it was.
  func set(_ fault: Fault) { state.withLock { ($0.fault, $0.calls) = (fault, []) } }

  // MARK: - Calls

  func create(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    try admit("create", path)
    let file = try base.create(path, permissions: permissions)
    let descriptor = file.descriptor
    state.withLock { $0.journal.open(relative(path), descriptor, permissions: permissions) }
    return file
  }

  func openForAppending(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    try admit("open", path)
    let file = try base.openForAppending(path, permissions: permissions)
    let descriptor = file.descriptor
    state.withLock { $0.journal.open(relative(path), descriptor, permissions: permissions) }
    return file
  }

  func append(_ bytes: Span<UInt8>, to file: borrowing OpenFile) throws(FileError) {
    let (path, descriptor) = (file.path, file.descriptor)
    let verdict = verdict("write", path, changes: true)
    if case .refuse(let code) = verdict { throw FileError("write", path, code: code) }
    var count = bytes.count
    if case .halfWay = verdict { count /= 2 }
    // Two halves that may be lost apart.
    for part in [0..<count / 2, count / 2..<count] {
      try base.append(bytes.extracting(part), to: file)
      let copy = bytes.extracting(part).map { $0 }
      state.withLock { $0.journal.append(copy, descriptor) }
    }
    if case .halfWay(let code) = verdict { throw FileError("write", path, code: code) }
  }

  func synchronize(_ file: borrowing OpenFile) throws(FileError) {
    try admit("make durable", file.path)
    let descriptor = file.descriptor
    // The medium itself isn't asked: that would take most of the time of these tests.
    state.withLock { $0.journal.synchronize(descriptor) }
  }

  func synchronizeDirectory(_ path: String) throws(FileError) {
    try admit("make durable", path)
    guard try base.directoryExists(path) else { throw FileError("open", path, code: ENOENT) }
    state.withLock { $0.journal.synchronizeDirectory(relative(path)) }
  }

  func move(_ path: String, to newPath: String) throws(FileError) {
    try admit("replace", newPath)
    try base.move(path, to: newPath)
    state.withLock { $0.journal.move(relative(path), relative(newPath)) }
  }

  func remove(_ path: String) throws(FileError) {
    try admit("remove", path)
    try base.remove(path)
    state.withLock { $0.journal.remove(relative(path)) }
  }

  func makeDirectory(_ path: String, permissions: UInt32) throws(FileError) {
    try admit("make the directory", path)
    try base.makeDirectory(path, permissions: permissions)
    state.withLock { $0.journal.makeDirectory(relative(path)) }
  }

  func names(in directory: String) throws(FileError) -> [String] {
    try admit("list", directory, changes: false)
    return try base.names(in: directory)
  }

  func contents(of path: String, limit: Int) throws(FileError) -> FileContents {
    try admit("read", path, changes: false)
    return try base.contents(of: path, limit: limit)
  }

  func lock(_ path: String) throws(FileError) -> OpenFile {
    try admit("lock", path)
    return try base.lock(path)
  }
}

extension FaultyDisk {
  private func relative(_ path: String) -> String {
    path == root ? "." : String(path.dropFirst(root.count + 1))
  }

  private func admit(_ operation: String, _ path: String, changes: Bool = true) throws(FileError) {
    switch verdict(operation, path, changes: changes) {
    case .proceed: return
    case .halfWay(let code), .refuse(let code): throw FileError(operation, path, code: code)
    }
  }

  private func verdict(_ operation: String, _ path: String, changes: Bool) -> Verdict {
    let line = "\(operation) \(relative(path))"
    return state.withLock { state in
      state.calls.append(line)
      let call = state.calls.count
      switch state.fault {
      case .none: return .proceed
      case .fails(let failing, let code): return call == failing ? .halfWay(code) : .proceed
      case .stops(let last): return call >= last ? .refuse(ECANCELED) : .proceed
      case .tears(let last):
        return call < last ? .proceed : call == last ? .halfWay(ECANCELED) : .refuse(ECANCELED)
      case .refusesChanges(let code): return changes ? .refuse(code) : .proceed
      case .refuses(let code): return .refuse(code)
      }
    }
  }
}
