import Foundation
import SystemSupport

/// A directory tree in memory, with paths relative to its root; the root itself is `.`.
package struct DiskImage: Sendable, Equatable {
  package struct File: Sendable, Equatable {
    package var bytes: [UInt8]
    package var permissions: UInt32
  }

  package var directories: Set<String> = ["."]
  package var files: [String: File] = [:]

  package init(directories: Set<String> = ["."]) { self.directories = directories }

  /// Reads what is under `root`.
  package init(of root: String) throws {
    for path in try FileManager.default.subpathsOfDirectory(atPath: root) {
      var isDirectory = ObjCBool(false)
      _ = unsafe FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isDirectory)
      if isDirectory.boolValue {
        directories.insert(path)
      } else {
        let contents = try POSIXFileSystem().contents(of: "\(root)/\(path)", limit: 1 << 24)
        files[path] = File(bytes: contents.bytes, permissions: contents.permissions)
      }
    }
  }

  /// Writes the tree to a directory that is there and empty.
  package func write(to root: String) throws {
    let files = POSIXFileSystem()
    for path in directories.sorted() where path != "." && isReachable(path) {
      try files.makeDirectory("\(root)/\(path)", permissions: 0o755)
    }
    for (path, file) in self.files where isReachable(Path.parent(of: path)) {
      let open = try files.create("\(root)/\(path)", permissions: file.permissions)
      try files.append(file.bytes.span, to: open)
    }
  }

  /// Nothing is found below a directory whose own name was lost.
  private func isReachable(_ directory: String) -> Bool {
    directory == "." || directories.contains(directory) && isReachable(Path.parent(of: directory))
  }
}

extension TemporaryDirectory {
  /// A directory with the tree in it.
  package convenience init(_ image: DiskImage) throws {
    try self.init()
    try image.write(to: path)
  }
}
