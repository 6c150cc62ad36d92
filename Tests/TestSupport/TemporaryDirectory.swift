import Foundation
import Synchronization
import SystemSupport

/// A directory for one test. It is removed, with everything in it, when the value is.
package final class TemporaryDirectory: Sendable {
  package let path: String
  private let isKept = Atomic(false)

  /// - Parameter parent: where it lies; `nil` is the system's directory for temporary files.
  package init(in parent: String? = nil) throws {
    path = "\(parent ?? FileManager.default.temporaryDirectory.path)/idtokens-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  }

  deinit { if !isKept.load(ordering: .relaxed) { try? FileManager.default.removeItem(atPath: path) } }

  /// Leaves it where it is, for somebody to look at.
  package func keep() { isKept.store(true, ordering: .relaxed) }

  /// The path of a file in it.
  package subscript(name: String) -> String { "\(path)/\(name)" }

  /// The names of what is in it, or in a directory in it, sorted.
  package func names(in directory: String = ".") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: self[directory]).sorted()
  }

  package func text(of name: String) throws -> String {
    try String(contentsOfFile: self[name], encoding: .utf8)
  }

  package func permissions(of name: String) throws -> UInt32 {
    try POSIXFileSystem().contents(of: self[name], limit: 1 << 20).permissions
  }

  /// Writes a file, or replaces it, with exactly these permissions.
  ///
  /// - Returns: its path.
  @discardableResult
  package func write(_ text: String, to name: String, permissions: UInt32 = 0o600) throws -> String {
    try? remove(name)
    let file = self[name]
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.posixPermissions: Int(permissions)], ofItemAtPath: file)
    return file
  }

  /// Removes a file, or a directory with everything in it.
  package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: self[name]) }
}
