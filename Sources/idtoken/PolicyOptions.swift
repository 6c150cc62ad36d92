import ArgumentParser
import JOSECore
import KeyRotation
import SystemSupport

/// Which rotation policy a command goes by: the file that is named, else `policy.json` beside the ring's directory, else
/// the one the ring has, else the standard one.
struct PolicyOptions: ParsableArguments {
  @Option(
    name: .customLong("policy"),
    help: "File with the rotation policy; policy.json beside the ring if left out.")
  var path: String?

  /// - Parameters:
  ///   - ring: where there is one, a file that names no algorithms leaves those of the ring.
  ///   - algorithms: those of a new ring if no file names any.
  func read(
    beside directory: String, _ ring: KeyRing?, algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws -> RotationPolicy {
    let algorithms = ring?.policy.algorithms ?? algorithms
    if let path { return try PolicyFile.read(path, algorithms: algorithms) }
    do {
      return try PolicyFile.read(parent(of: directory) + "/policy.json", algorithms: algorithms)
    } catch let error as FileError where error.isMissing {
      return ring?.policy ?? .standard.with(algorithms)
    }
  }
}

/// Of a directory as it was typed: `ring/` lies in the same as `ring`, and `.` in `..`.
private func parent(of directory: String) -> String {
  var path = directory
  while path.count > 1, path.hasSuffix("/") { path.removeLast() }
  let isRelative = path == "." || path == ".." || path.hasSuffix("/.") || path.hasSuffix("/..")
  return isRelative ? path + "/.." : Path.parent(of: path)
}

enum PolicyFile {
  static func read(
    _ path: String, algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws -> RotationPolicy {
    let bytes = try POSIXFileSystem().contents(of: path, limit: 64 << 10).bytes
    do { return try RotationPolicy(parsing: bytes.span, algorithms: algorithms) } catch {
      throw PolicyFileError(path: path, cause: error)
    }
  }
}

struct PolicyFileError: Error, CustomStringConvertible {
  let path: String
  let cause: PolicyError
  var description: String { "\(path): the policy is refused: \(cause)" }
}
