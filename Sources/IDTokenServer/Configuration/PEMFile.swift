#if Server
import SystemSupport

/// Files with certificates, which are no secret.
enum PEMFile {
  static func read(_ path: String) throws(FileError) -> [UInt8] {
    try POSIXFileSystem().contents(of: path, limit: 1 << 20).bytes
  }
}
#endif
