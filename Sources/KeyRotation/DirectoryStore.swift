public import JOSECore
package import SystemSupport

/// A key ring in a directory: `ring.json`, a manifest without secrets; a PKCS#8 file for each private key (`THUMBPRINT.pem`,
/// mode 0600), as `openssl pkey` reads it; and `audit.log`.
///
/// Every change goes: new private keys, then the manifest, then the log, then away with the private keys that are no
/// longer needed; each step durable before the next. So a crash in between leaves the old ring or the new one, and at
/// worst a key file that nothing refers to, which the next change removes.
public struct DirectoryStore: KeyRingStore {
  public let directory: String
  let passphrase: SecretBytes?
  let files: any FileSystem
  let actor: String

  /// - Parameter passphrase: encrypts the private keys that are written and opens those that are read.
  public init(_ directory: String, passphrase: SecretBytes? = nil) {
    self.init(directory, passphrase: passphrase, files: POSIXFileSystem())
  }

  package init(
    _ directory: String, passphrase: SecretBytes? = nil, files: any FileSystem,
    actor: String = ProcessIdentity.description
  ) {
    (self.directory, self.passphrase, self.files, self.actor) = (directory, passphrase, files, actor)
  }

  public func load() throws(KeyRingError) -> KeyRing? {
    let ring = try manifest()?.ring
    // Its writer may not have got it to disk yet, and nobody acts on a ring that a power cut can take back. On a disk that
    // can't be written any more, what is there is the best there is.
    if ring != nil { try? files.synchronizeDirectory(directory) }
    return ring
  }

  /// The ring that must be there.
  public func existing() throws(KeyRingError) -> KeyRing {
    guard let ring = try load() else { throw .missing(directory: directory) }
    return ring
  }

  /// Makes the directory (and those above it) and a new ring in it. There must not be one yet.
  ///
  /// - Parameter imported: a key from elsewhere that verifiers know already: it becomes the active key of its algorithm.
  @discardableResult
  public func create(
    _ policy: RotationPolicy, importing imported: RingSigningKey? = nil, at now: NumericDate
  ) throws(KeyRingError) -> KeyRing {
    do { try policy.check() } catch { throw .policy(error) }
    try makeDirectories()
    guard try manifestBytes() == nil else { throw .alreadyExists(directory: directory) }
    guard try !log.exists else { throw .manifestLost(directory: directory) }
    var keys: [RingSigningKey] = imported.map { [$0] } ?? []
    for algorithm in policy.algorithms {
      let missing = algorithm == imported?.algorithm ? 1 : 2
      for _ in 0..<missing { keys.append(try .generate(algorithm)) }
    }
    let step = try KeyRing.new(
      keys.compactMap(\.newKey), imported: imported?.keyID, policy: policy, at: now)
    do { try commit(step, adding: keys, expecting: 0, at: now) } catch {
      if case .changedMeanwhile = error { throw .alreadyExists(directory: directory) }
      throw error
    }
    return step.ring
  }

  public func commit(
    _ step: RotationStep, adding keys: [RingSigningKey], expecting expected: Int, at now: NumericDate
  ) throws(KeyRingError) {
    try locked { () throws(KeyRingError) in
      let current = try manifest()
      guard current?.ring.epoch ?? 0 == expected else {
        throw .changedMeanwhile(expected: expected, found: current?.ring.epoch ?? 0)
      }
      try write(step, keys, after: current?.latest, at: now)
    }
  }

  /// Every change of the ring, from the first; throws where the log was edited or cut.
  public func audit() throws(KeyRingError) -> [AuditEntry] {
    while true {
      guard let manifest = try manifest() else { throw .missing(directory: directory) }
      do throws(KeyRingError) { return try log.entries(latest: manifest.latest) } catch {
        // Manifest and log are two files: whoever changes the ring between them makes the log look edited.
        guard try self.manifest()?.latest != manifest.latest else { throw error }
      }
    }
  }
}
