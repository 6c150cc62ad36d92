import JOSECore
import Synchronization
package import SystemSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A real directory whose system calls are recorded, of which any can fail or be the last, and that knows what a power cut
/// would undo. All paths are below `root`.
package final class FaultyFileSystem: FileSystem {
  package enum Fault: Sendable {
    case none
    /// One call fails; of a write, half is done before.
    case fails(call: Int, code: Int32)
    /// From one call on, nothing is done any more: the process has ended.
    case stops(call: Int)
    /// One call takes effect, and nothing is done any more, not even telling the caller.
    case stopsAfter(call: Int)
    /// As `stops`, but half of the bytes of a write arrive.
    case tears(call: Int)
    /// Every call fails.
    case refuses(code: Int32)
    /// Something else happens before the first call, such as another process's change.
    case interrupted(@Sendable () throws -> Void)
  }

  /// Which calls count, by lines such as `make durable ring/ring.json.new`. The others work, and aren't recorded.
  package typealias Filter = @Sendable (_ call: String) -> Bool

  private struct State {
    var fault: Fault
    var counts: Filter
    var calls: [String] = []
    var journal: DiskJournal
  }

  /// How much of a call is done.
  private enum Share { case nothing, half, all }

  private let directory: TemporaryDirectory
  private let base = POSIXFileSystem()
  private let state: Mutex<State>

  package init(
    _ directory: TemporaryDirectory, _ fault: Fault = .none, counting counts: @escaping Filter = { _ in true }
  ) throws {
    self.directory = directory
    let journal = DiskJournal(try DiskImage(of: directory.path))
    state = Mutex(State(fault: fault, counts: counts, journal: journal))
  }

  package var root: String { directory.path }
  /// The calls since the fault was set.
  package var calls: [String] { state.withLock { $0.calls } }
  package var journal: DiskJournal { state.withLock { $0.journal } }

  /// Begins to count anew. What was done before is as durable as it was.
  package func set(_ fault: Fault, counting counts: @escaping Filter = { _ in true }) {
    state.withLock { ($0.fault, $0.counts, $0.calls) = (fault, counts, []) }
  }

  /// What a power cut leaves, in another directory.
  package func afterPowerCut(losing lost: Set<Int>) throws -> FaultyFileSystem {
    try FaultyFileSystem(TemporaryDirectory(journal.image(losing: lost)))
  }

  package func afterPowerCut(_ disk: DiskJournal.Disk) throws -> FaultyFileSystem {
    try afterPowerCut(losing: journal.lost(by: disk))
  }

  // MARK: - Calls

  package func create(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    try perform("create", path) { () throws(FileError) in
      try opened(base.create(path, permissions: permissions), permissions)
    }
  }

  package func openForAppending(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    try perform("open", path) { () throws(FileError) in
      try opened(base.openForAppending(path, permissions: permissions), permissions)
    }
  }

  package func append(_ bytes: Span<UInt8>, to file: borrowing OpenFile) throws(FileError) {
    let (path, descriptor) = (file.path, file.descriptor)
    let (share, code) = try judge("write", path)
    let count = share == .nothing ? 0 : share == .half ? bytes.count / 2 : bytes.count
    // Two parts that may be lost apart.
    for part in [0..<count / 2, count / 2..<count] where !part.isEmpty {
      try base.append(bytes.extracting(part), to: file)
      let copy = bytes.extracting(part).map { $0 }
      state.withLock { $0.journal.append(copy, descriptor) }
    }
    if let code { throw FileError("write", path, code: code) }
  }

  package func synchronize(_ file: borrowing OpenFile) throws(FileError) {
    let (path, descriptor) = (file.path, file.descriptor)
    // The medium itself isn't asked: that would take most of the time of these tests.
    try perform("make durable", path) { state.withLock { $0.journal.synchronize(descriptor) } }
  }

  package func synchronizeDirectory(_ path: String) throws(FileError) {
    try perform("make durable", path) { () throws(FileError) in
      guard try base.directoryExists(path) else { throw FileError("open", path, code: ENOENT) }
      state.withLock { $0.journal.synchronizeDirectory(relative(path)) }
    }
  }

  package func move(_ path: String, to newPath: String) throws(FileError) {
    try perform("replace", newPath) { () throws(FileError) in
      try base.move(path, to: newPath)
      state.withLock { $0.journal.move(relative(path), relative(newPath)) }
    }
  }

  package func remove(_ path: String) throws(FileError) {
    try perform("remove", path) { () throws(FileError) in
      try base.remove(path)
      state.withLock { $0.journal.remove(relative(path)) }
    }
  }

  package func makeDirectory(_ path: String, permissions: UInt32) throws(FileError) {
    try perform("make the directory", path) { () throws(FileError) in
      try base.makeDirectory(path, permissions: permissions)
      state.withLock { $0.journal.makeDirectory(relative(path)) }
    }
  }

  package func names(in directory: String) throws(FileError) -> [String] {
    try perform("list", directory) { () throws(FileError) in try base.names(in: directory) }
  }

  package func contents(of path: String, limit: Int) throws(FileError) -> FileContents {
    try perform("read", path) { () throws(FileError) in try base.contents(of: path, limit: limit) }
  }

  package func lock(_ path: String) throws(FileError) -> OpenFile {
    try perform("lock", path) { () throws(FileError) in try base.lock(path) }
  }
}

extension FaultyFileSystem {
  private func relative(_ path: String) -> String {
    path == root ? "." : String(path.dropFirst(root.count + 1))
  }

  private func opened(_ file: consuming OpenFile, _ permissions: UInt32) -> OpenFile {
    let (path, descriptor) = (relative(file.path), file.descriptor)
    state.withLock { $0.journal.open(path, descriptor, permissions: permissions) }
    return file
  }

  private func perform<Result: ~Copyable>(
    _ operation: String, _ path: String, _ body: () throws(FileError) -> Result
  ) throws(FileError) -> Result {
    let (share, code) = try judge(operation, path)
    if let code, share != .all { throw FileError(operation, path, code: code) }
    let result = try body()
    if let code { throw FileError(operation, path, code: code) }
    return result
  }

  /// Records a call; answers how much of it is done, and how it fails then.
  private func judge(
    _ operation: String, _ path: String
  ) throws(FileError) -> (share: Share, code: Int32?) {
    let line = "\(operation) \(relative(path))"
    let (fault, number) = state.withLock { state in
      guard state.counts(line) else { return (Fault.none, 0) }
      state.calls.append(line)
      return (state.fault, state.calls.count)
    }
    switch fault {
    case .fails(number, let code): return (.half, code)
    case .stops(let call) where number >= call: return (.nothing, ECANCELED)
    case .stopsAfter(number): return (.all, ECANCELED)
    case .tears(number): return (.half, ECANCELED)
    case .stopsAfter(let last) where number > last: return (.nothing, ECANCELED)
    case .tears(let last) where number > last: return (.nothing, ECANCELED)
    case .refuses(let code): return (.nothing, code)
    case .interrupted(let body) where number == 1:
      do { try body() } catch { throw FileError("interrupt", path, reason: "\(error)") }
    default: break
    }
    return (.all, nil)
  }
}
