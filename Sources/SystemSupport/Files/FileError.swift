#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A system call on a file that failed: what was tried, on which path, and what the system said.
package struct FileError: Error, Sendable, Equatable {
  package let operation: String
  package let path: String
  /// The `errno` value, or 0 where the refusal is ours.
  package let code: Int32
  package let reason: String

  package init(_ operation: String, _ path: String, code: Int32) {
    (self.operation, self.path, self.code) = (operation, path, code)
    reason = unsafe String(cString: strerror(code))
  }

  package init(_ operation: String, _ path: String, reason: String) {
    (self.operation, self.path, self.code, self.reason) = (operation, path, 0, reason)
  }

  package var isMissing: Bool { code == ENOENT }
  package var isExisting: Bool { code == EEXIST }
  package var isPermission: Bool { code == EACCES || code == EPERM || code == EROFS }
}

extension FileError: CustomStringConvertible {
  package var description: String { "could not \(operation) \(path): \(reason)" }
}
