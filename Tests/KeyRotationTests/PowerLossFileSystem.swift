import Synchronization

@testable import SystemSupport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A file system in memory that knows what a power cut would leave: contents that were synchronized, under the names
/// that were in their directory when that was synchronized. Everything else may be kept or lost, as the disk pleases.
final class PowerLossFileSystem: FileSystem {
  /// What the disk has done by itself with changes that nobody made durable.
  enum Disk: CaseIterable, Sendable {
    /// Nothing is there but what was synchronized.
    case lazy
    /// Names are written at once, contents when synchronized: the case that leaves empty files.
    case namesFirst
    /// Everything is written at once.
    case eager
  }

  private final class Inode {
    var bytes: [UInt8] = []
    var durable: [UInt8] = []
    var permissions: UInt32 = 0
  }

  private struct State {
    var entries: [String: Inode] = [:]
    var durable: [String: Inode] = [:]
    var directories: Set<String> = ["/"]
    var durableDirectories: Set<String> = ["/"]
    var calls = 0
    var lastCall = Int.max
  }

  private let state = Mutex(State())

  var calls: Int { state.withLock { $0.calls } }

  /// Lets calls through, and none after them.
  func stop(afterCalls count: Int) { state.withLock { ($0.calls, $0.lastCall) = (0, count) } }

  /// The power goes and comes back.
  func restart(_ disk: Disk) {
    state.withLock { state in
      if disk == .lazy { (state.entries, state.directories) = (state.durable, state.durableDirectories) }
      // A directory that is lost takes what is in it along.
      let directories = state.directories
      state.entries = state.entries.filter { path, _ in
        var parent = Path.parent(of: path)
        while directories.contains(parent), parent != "/" { parent = Path.parent(of: parent) }
        return parent == "/"
      }
      for inode in state.entries.values {
        if disk != .eager { inode.bytes = inode.durable }
        inode.durable = inode.bytes
      }
      (state.durable, state.durableDirectories) = (state.entries, state.directories)
      (state.calls, state.lastCall) = (0, .max)
    }
  }

  /// Counts a call and makes its change, which answers with an `errno`, 0 if all is well.
  private func change(
    _ operation: String, _ path: String, _ body: (inout State) -> Int32
  ) throws(FileError) {
    let code = state.withLock { state in
      state.calls += 1
      return state.calls <= state.lastCall ? body(&state) : EIO
    }
    guard code == 0 else { throw FileError(operation, path, code: code) }
  }

  private func open(_ path: String) throws(FileError) -> OpenFile {
    OpenFile(descriptor: dup(0), path: path)
  }

  func create(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    try change("create", path) { state in
      guard state.directories.contains(Path.parent(of: path)) else { return ENOENT }
      guard state.entries[path] == nil else { return EEXIST }
      state.entries[path] = Inode()
      state.entries[path]?.permissions = permissions
      return 0
    }
    return try open(path)
  }

  func openForAppending(_ path: String, permissions: UInt32) throws(FileError) -> OpenFile {
    try change("open", path) { state in
      guard state.directories.contains(Path.parent(of: path)) else { return ENOENT }
      if state.entries[path] == nil { state.entries[path] = Inode() }
      return 0
    }
    return try open(path)
  }

  func append(_ bytes: Span<UInt8>, to file: borrowing OpenFile) throws(FileError) {
    let (path, copy) = (file.path, bytes.indices.map { bytes[$0] })
    try change("write", path) { state in
      state.entries[path]?.bytes += copy
      return 0
    }
  }

  func synchronize(_ file: borrowing OpenFile) throws(FileError) {
    let path = file.path
    try change("make durable", path) { state in
      if let inode = state.entries[path] { inode.durable = inode.bytes }
      return 0
    }
  }

  func synchronizeDirectory(_ path: String) throws(FileError) {
    try change("make durable", path) { state in
      state.durable = state.durable.filter { Path.parent(of: $0.key) != path }
      for (name, inode) in state.entries where Path.parent(of: name) == path { state.durable[name] = inode }
      for name in state.directories where Path.parent(of: name) == path {
        state.durableDirectories.insert(name)
      }
      return 0
    }
  }

  func move(_ path: String, to newPath: String) throws(FileError) {
    try change("replace", newPath) { state in
      guard let inode = state.entries.removeValue(forKey: path) else { return ENOENT }
      state.entries[newPath] = inode
      return 0
    }
  }

  func remove(_ path: String) throws(FileError) {
    try change("remove", path) { state in
      state.entries.removeValue(forKey: path) == nil ? ENOENT : 0
    }
  }

  func makeDirectory(_ path: String, permissions: UInt32) throws(FileError) {
    try change("make the directory", path) { state in
      guard state.directories.contains(Path.parent(of: path)) else { return ENOENT }
      return state.directories.insert(path).inserted ? 0 : EEXIST
    }
  }

  func names(in directory: String) throws(FileError) -> [String] {
    var names: [String] = []
    try change("list", directory) { state in
      guard state.directories.contains(directory) else { return ENOENT }
      names = state.entries.keys.filter { Path.parent(of: $0) == directory }.map(Path.name).sorted()
      return 0
    }
    return names
  }

  func contents(of path: String, limit: Int) throws(FileError) -> FileContents {
    var contents = FileContents(bytes: [], permissions: 0)
    try change("read", path) { state in
      guard let inode = state.entries[path] else { return ENOENT }
      contents = FileContents(bytes: inode.bytes, permissions: inode.permissions)
      return 0
    }
    return contents
  }

  func lock(_ path: String) throws(FileError) -> OpenFile {
    try change("lock", path) { state in
      guard state.directories.contains(Path.parent(of: path)) else { return ENOENT }
      if state.entries[path] == nil { state.entries[path] = Inode() }
      return 0
    }
    return try open(path)
  }
}
