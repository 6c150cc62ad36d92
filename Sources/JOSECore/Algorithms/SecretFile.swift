public import SystemSupport

/// Why a file with a secret in it was not read.
public enum SecretFileError: Error, Sendable, Equatable {
  /// Anyone on the machine can read it, or the group can write it: what it holds may be known, or not be ours.
  case exposed(path: String, permissions: UInt32)
  case file(FileError)
}

extension SecretBytes {
  /// Reads a file that holds a secret. Group members may read it (orchestrators mount secrets so); nobody else may.
  package convenience init(
    contentsOf path: String, _ files: any FileSystem = POSIXFileSystem(), limit: Int = 64 << 10
  ) throws(SecretFileError) {
    var contents: FileContents
    do { contents = try files.contents(of: path, limit: limit) } catch { throw .file(error) }
    let isExposed = contents.permissions & 0o027 != 0
    self.init(wiping: &contents.bytes)
    if isExposed { throw .exposed(path: path, permissions: contents.permissions) }
  }
}

extension SecretFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exposed(let path, let permissions):
      """
      \(path) is open to others (mode \(String(permissions, radix: 8))), so what it holds may be known. \
      Close it with 'chmod 600 \(path)', and replace the secret if others had access
      """
    case .file(let error): error.description
    }
  }
}
