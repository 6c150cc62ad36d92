import ArgumentParser
import JOSECore
import KeyRotation
import SystemSupport

/// Where the key ring is, for commands that read no private key.
struct RingDirectoryOptions: ParsableArguments {
  @Option(name: .customLong("ring"), help: "Directory of the key ring.") var directory = "Keys/ring"

  var store: DirectoryStore { DirectoryStore(directory) }
}

/// Where the key ring is, and what opens its private keys.
struct RingOptions: ParsableArguments {
  @OptionGroup var location: RingDirectoryOptions
  @OptionGroup var passphrase: PassphraseOptions

  func store() throws -> DirectoryStore {
    DirectoryStore(location.directory, passphrase: try passphrase.read())
  }
}

struct PassphraseOptions: ParsableArguments {
  @Option(help: "File with the passphrase of the ring's private keys, if they are encrypted (mode 0600).")
  var passphraseFile: String?

  func read() throws -> SecretBytes? {
    try passphraseFile.map { try SecretBytes(contentsOf: $0).withoutLineEnd() }
  }
}

/// The rotation policy of a command: the file that is named, otherwise `policy.json` beside the ring's directory,
/// otherwise the ring's own, otherwise the standard one.
struct PolicyOptions: ParsableArguments {
  @Option(
    name: .customLong("policy"),
    help:
      "File with the rotation policy (default: policy.json beside the ring's directory; without it, the ring's own)."
  )
  var path: String?

  /// - Parameters:
  ///   - ring: a file that names no algorithms leaves those of this ring.
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

/// Of a directory as it was typed: `ring/` has the same parent as `ring`, and the parent of `.` is `..`.
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
      throw CommandError(.refused, "\(path): the policy is refused: \(error)")
    }
  }
}

/// What the commands that change an existing ring share.
struct RingChangeOptions: ParsableArguments {
  @OptionGroup var ring: RingOptions
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var format: RingFormat

  /// Performs the request and every step that is pending.
  func run(_ request: RotationRequest?) async throws {
    let store = try ring.store()
    let policy = try policy.read(beside: store.directory, store.existing())
    try await store.settle(policy, request)
    try format.print(store.existing(), at: WallClock.system.now, in: store.directory)
  }
}

extension [Algorithm] {
  func checkDistinct() throws {
    if let algorithm = firstRepeated { throw ValidationError("--alg \(algorithm.rawValue) is given twice.") }
  }
}
