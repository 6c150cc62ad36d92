package import JOSECore
import SystemSupport

/// The rotation policy of a process: the file that is named, else `policy.json` beside the ring's directory, else the
/// ring's own, else the standard one.
package enum PolicyFile {
  /// - Parameters:
  ///   - path: the file that is named.
  ///   - directory: the ring's, with or without a slash at its end.
  ///   - ring: a file without algorithms keeps those of the ring.
  ///   - algorithms: those of a new ring, if no file names any.
  package static func policy(
    _ path: String?, beside directory: String, _ ring: KeyRingState?,
    algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws(PolicyFileError) -> RotationPolicy {
    let algorithms = ring?.policy.algorithms ?? algorithms
    if let path { return try read(path, algorithms: algorithms) }
    do throws(PolicyFileError) {
      return try read(Path.folder(of: directory) + "/policy.json", algorithms: algorithms)
    } catch {
      guard case .file(let file) = error.cause, file.isMissing else { throw error }
      return ring?.policy ?? .standard.with(algorithms)
    }
  }

  package static func read(
    _ path: String, algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws(PolicyFileError) -> RotationPolicy {
    let bytes: [UInt8]
    do { bytes = try POSIXFileSystem().contents(of: path, limit: 64 << 10).bytes } catch {
      throw PolicyFileError(path: path, cause: .file(error))
    }
    do { return try RotationPolicy(parsing: bytes.span, algorithms: algorithms) } catch {
      throw PolicyFileError(path: path, cause: .policy(error))
    }
  }
}

/// A policy file that can't be read or is refused.
package struct PolicyFileError: Error, CustomStringConvertible {
  package let path: String
  /// `file` or `policy`.
  package let cause: KeyRingError

  package var description: String {
    if case .policy = cause { "\(path): \(cause)" } else { "\(cause)" }
  }
}
