import SystemSupport

/// What a file system has been asked to do, and what of it a power cut can't undo any more.
///
/// Bytes of a file are durable after an fsync of the file, names (made, renamed, removed) after an fsync of the
/// directory they are in, and neither a moment earlier.
package struct DiskJournal: Sendable {
  package struct Effect: Sendable {
    package enum Kind: Sendable {
      case linked(path: String, file: Int)
      case unlinked(path: String)
      case moved(from: String, to: String, file: Int)
      case madeDirectory(path: String)
      case appended(file: Int, bytes: [UInt8])
    }
    package let kind: Kind
    var isDurable = false
  }

  private let initial: DiskImage
  private let initialFiles: [String: Int]
  package private(set) var effects: [Effect] = []
  /// Files by path, as running processes see them; files have numbers because names move.
  private var files: [String: Int]
  private var permissions: [Int: UInt32] = [:]
  private var opened: [Int32: Int] = [:]
  private var count: Int

  init(_ image: DiskImage) {
    initial = image
    let paths = image.files.keys.sorted()
    files = Dictionary(uniqueKeysWithValues: zip(paths, 0...))
    initialFiles = files
    count = paths.count
    for (path, number) in files { permissions[number] = image.files[path]?.permissions }
  }

  mutating func open(_ path: String, _ descriptor: Int32, permissions mode: UInt32) {
    if files[path] == nil {
      files[path] = count
      permissions[count] = mode
      effects.append(Effect(kind: .linked(path: path, file: count)))
      count += 1
    }
    opened[descriptor] = files[path]
  }

  mutating func append(_ bytes: [UInt8], _ descriptor: Int32) {
    guard let file = opened[descriptor] else { return }
    effects.append(Effect(kind: .appended(file: file, bytes: bytes)))
  }

  mutating func move(_ path: String, _ newPath: String) {
    guard let file = files.removeValue(forKey: path) else { return }
    files[newPath] = file
    effects.append(Effect(kind: .moved(from: path, to: newPath, file: file)))
  }

  mutating func remove(_ path: String) {
    files[path] = nil
    effects.append(Effect(kind: .unlinked(path: path)))
  }

  mutating func makeDirectory(_ path: String) { effects.append(Effect(kind: .madeDirectory(path: path))) }

  mutating func synchronize(_ descriptor: Int32) {
    for index in effects.indices {
      if case .appended(let file, _) = effects[index].kind, file == opened[descriptor] {
        effects[index].isDurable = true
      }
    }
  }

  mutating func synchronizeDirectory(_ directory: String) {
    for index in effects.indices where effects[index].kind.directory == directory {
      effects[index].isDurable = true
    }
  }
}

extension DiskJournal {
  /// The indices of the effects that a power cut may undo.
  package var uncertain: [Int] { effects.indices.filter { !effects[$0].isDurable } }

  /// What the disk has done by itself with changes that nobody made durable.
  package enum Disk: CaseIterable, Sendable {
    /// Nothing is there but what was synchronized.
    case lazy
    /// Names are written at once, contents when synchronized: the case that leaves empty files.
    case namesFirst
    /// Everything is written at once.
    case eager
  }

  /// The effects that a power cut undoes on such a disk.
  func lost(by disk: Disk) -> Set<Int> {
    switch disk {
    case .lazy: Set(uncertain)
    case .namesFirst: Set(uncertain.filter { effects[$0].kind.directory == nil })
    case .eager: []
    }
  }

  /// What is on the disk after a power cut that undid the effects at these indices.
  package func image(losing lost: Set<Int>) -> DiskImage {
    var (names, directories) = (initialFiles, initial.directories)
    var contents: [Int: [UInt8]] = [:]
    for (path, file) in initialFiles { contents[file] = initial.files[path]?.bytes }
    var torn: Set<Int> = []
    for (index, effect) in effects.enumerated() {
      let isLost = lost.contains(index)
      switch effect.kind {
      // A file has no holes: behind lost bytes there are none.
      case .appended(let file, _) where isLost || torn.contains(file): torn.insert(file)
      case .appended(let file, let bytes): contents[file, default: []] += bytes
      case _ where isLost: continue
      case .linked(let path, let file): names[path] = file
      case .unlinked(let path): names[path] = nil
      case .moved(let from, let to, let file):
        names[from] = nil
        names[to] = file
      case .madeDirectory(let path): directories.insert(path)
      }
    }
    var image = DiskImage(directories: directories)
    for (path, file) in names where directories.contains(Path.parent(of: path)) {
      image.files[path] = DiskImage.File(bytes: contents[file] ?? [], permissions: permissions[file] ?? 0)
    }
    return image
  }
}

extension DiskJournal.Effect.Kind {
  fileprivate var directory: String? {
    switch self {
    case .linked(let path, _), .unlinked(let path), .madeDirectory(let path), .moved(_, let path, _):
      Path.parent(of: path)
    case .appended: nil
    }
  }
}
