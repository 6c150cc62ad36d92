package import JOSECore
package import SystemSupport

/// A key ring in a directory: `ring.json`, a manifest without secrets; a PKCS#8 file for each private key (`THUMBPRINT.pem`,
/// mode 0600), as `openssl pkey` reads it; and `audit.log`.
///
/// A change writes new private keys, then the manifest, then the log, and then removes the private keys that are no
/// longer needed. Each step is durable before the next. So a crash in between leaves the old ring or the new one, and at
/// worst a key file that nothing refers to, which the next change removes.
package struct DirectoryStore: KeyRingStore {
  package let directory: String
  package var location: String { directory }
  let passphrase: SecretBytes?
  let files: any FileSystem
  let actor: String

  /// - Parameter passphrase: encrypts the private keys that are written and opens those that are read.
  package init(_ directory: String, passphrase: SecretBytes? = nil) {
    self.init(directory, passphrase: passphrase, files: POSIXFileSystem())
  }

  package init(
    _ directory: String, passphrase: SecretBytes? = nil, files: any FileSystem,
    actor: String = ProcessIdentity.description
  ) {
    (self.directory, self.passphrase, self.files, self.actor) = (directory, passphrase, files, actor)
  }

  package func load() throws(KeyRingError) -> KeyRingState? {
    let ring = try manifest()?.ring
    // Its writer may not have synced it yet, and a ring that a power cut can take back must not be acted on. On a disk that
    // can't be written any more, this ring is the best there is.
    if ring != nil { try? files.synchronizeDirectory(directory) }
    return ring
  }

  /// The ring that must be there.
  package func existing() throws(KeyRingError) -> KeyRingState {
    guard let ring = try load() else { throw .missing(directory: directory) }
    return ring
  }

  /// Makes a new ring. There must not be one yet.
  ///
  /// - Parameter imported: a key that verifiers know already; it becomes the active key of its algorithm.
  @discardableResult
  package func create(
    _ policy: RotationPolicy, importing imported: RingSigningKey? = nil, at now: NumericDate
  ) throws(KeyRingError) -> KeyRingState {
    guard try manifestBytes() == nil else { throw .alreadyExists(directory: directory) }
    let new = try NewRing(policy, importing: imported, at: now)
    do {
      try commit(new.step.ring, new.step.events, adding: new.keys.map(\.key), expecting: 0, at: now)
    } catch {
      if error.isChangedMeanwhile { throw .alreadyExists(directory: directory) }
      throw error
    }
    return new.step.ring
  }

  /// The first commit makes the directory, and those above it.
  package func commit(
    _ ring: KeyRingState, _ events: [RingEvent], adding keys: [SigningKey], expecting expected: Int,
    at now: NumericDate
  ) throws(KeyRingError) {
    if expected == 0 {
      try makeDirectories()
      if try manifestBytes() == nil, try log.exists { throw .manifestLost(directory: directory) }
    }
    try locked { () throws(KeyRingError) in
      let current = try manifest()
      guard current?.ring.epoch ?? 0 == expected else {
        throw .changedMeanwhile(expected: expected, found: current?.ring.epoch ?? 0)
      }
      try write(ring, events, keys, after: current?.latest, at: now)
    }
  }

  /// Every change of the ring, from the first; throws where the log was edited or cut.
  package func audit() throws(KeyRingError) -> [AuditEntry] {
    while true {
      guard let manifest = try manifest() else { throw .missing(directory: directory) }
      do throws(KeyRingError) { return try log.entries(latest: manifest.latest) } catch {
        // Manifest and log are two files: a change between the two reads makes the log look edited.
        guard try self.manifest()?.latest != manifest.latest else { throw error }
      }
    }
  }
}

extension DirectoryStore {
  /// Looks at the manifest once a second: that works on every file system, network ones among them, and costs a read
  /// of a few kilobytes.
  package func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let task = Task { [self] in
      var last = try? files.contents(of: directory + "/ring.json", limit: 1 << 20).bytes
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        let latest = try? files.contents(of: directory + "/ring.json", limit: 1 << 20).bytes
        if latest != last { continuation.yield() }
        last = latest
      }
    }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }
}
