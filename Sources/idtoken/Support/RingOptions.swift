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

  /// Opens the ring to change it, not to sign: a key can be revoked though its file is damaged.
  func open(_ policy: PolicyOptions) async throws -> KeyRing {
    let store = try store()
    let policy = try policy.read(beside: location.directory, store.existing())
    return try await KeyRing.open(store, policy: policy, role: .serves)
  }
}

struct PassphraseOptions: ParsableArguments {
  @Option(help: "File with the passphrase of the ring's private keys, if they are encrypted (mode 0600).")
  var passphraseFile: String?

  func read() throws -> SecretBytes? {
    try passphraseFile.map { try SecretBytes(contentsOf: $0).withoutLineEnd() }
  }
}

/// The rotation policy of a command.
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
    beside directory: String, _ ring: KeyRingState?,
    algorithms: [Algorithm] = RotationPolicy.standard.algorithms
  ) throws -> RotationPolicy {
    try PolicyFile.policy(path, beside: directory, ring, algorithms: algorithms)
  }
}

/// What the commands that change an existing ring share.
struct RingChangeOptions: ParsableArguments {
  @OptionGroup var ring: RingOptions
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var format: RingFormat

  func run(_ change: (KeyRing) async throws -> Void) async throws {
    let opened = try await ring.open(policy)
    try await change(opened)
    try format.print(opened.current.ring, at: WallClock.system.now, in: ring.location.directory)
  }
}

extension [Algorithm] {
  func checkDistinct() throws {
    if let algorithm = firstRepeated { throw ValidationError("--alg \(algorithm.rawValue) is given twice.") }
  }
}
