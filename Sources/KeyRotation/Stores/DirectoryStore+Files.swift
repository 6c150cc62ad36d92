package import JOSECore
import SystemSupport

extension DirectoryStore {
  private var manifestPath: String { directory + "/ring.json" }

  private func keyPath(_ thumbprint: String) -> String { "\(directory)/\(thumbprint).pem" }

  var log: AuditLog { AuditLog(path: directory + "/audit.log", files: files) }

  func manifest() throws(KeyRingError) -> RingManifest? {
    guard let bytes = try manifestBytes() else { return nil }
    return try RingManifest(bytes.span, path: manifestPath)
  }

  func manifestBytes() throws(KeyRingError) -> [UInt8]? {
    do throws(FileError) {
      return try files.contents(of: manifestPath, limit: 1 << 20).bytes
    } catch {
      if error.isMissing { return nil }
      throw .file(error)
    }
  }

  /// Writes what is new, switches the manifest over, logs it, and removes what is no longer needed.
  ///
  /// The log is brought up to the manifest first: with two entries missing it could not be made whole any more.
  func write(
    _ ring: KeyRingState, _ events: [RingEvent], _ keys: [SigningKey], after latest: AuditEntry?,
    at now: NumericDate
  ) throws(KeyRingError) {
    let entry = try AuditEntry.following(latest, ring, events, actor: actor, at: now)
    let manifest = RingManifest(ring: ring, latest: entry ?? latest)
    let keys = try keys.map { (key) throws(KeyRingError) in try RingSigningKey(key) }
    do throws(FileError) {
      if entry != nil, let latest { try log.complete(latest) }
      for key in keys { try write(key) }
      try files.replace(manifestPath, with: manifest.bytes.span, permissions: 0o644)
    } catch { throw .file(error) }
    // The change has taken effect. What fails now does no harm and is made up for by the next change.
    if let entry { try? log.append(entry) }
    try? removeUnneededKeys(ring)
  }

  private func write(_ key: RingSigningKey) throws(FileError) {
    let path = keyPath(key.thumbprint)
    let pem: SecretBytes?
    do { pem = try key.key.pem(passphrase: passphrase) } catch {
      throw FileError("encode", path, reason: error.description)
    }
    try pem?.withBytes { (bytes) throws(FileError) in
      try files.replace(path, with: bytes, permissions: 0o600)
    }
  }

  /// Removes the private keys that the ring needs no more, and what crashes have left half made.
  private func removeUnneededKeys(_ ring: KeyRingState) throws(FileError) {
    let needed = Set((ring.keys(.published) + ring.keys(.active)).map { "\($0.thumbprint).pem" })
    var removed = false
    for name in try files.names(in: directory) where Self.isKeyFile(name) && !needed.contains(name) {
      try files.remove("\(directory)/\(name)")
      removed = true
    }
    if removed { try files.synchronizeDirectory(directory) }
  }

  /// Whether a file is named like a key of a ring, or like one that a crash left half written. Other files are not ours.
  private static func isKeyFile(_ name: String) -> Bool {
    guard let suffix = [".pem", ".pem.new"].first(where: name.hasSuffix) else { return false }
    let thumbprint = try? Base64URL.decode(String(name.dropLast(suffix.count)))
    return thumbprint?.count == 32
  }

  package func signingKey(_ key: RingKey) throws(KeyRingError) -> SigningKey {
    let path = keyPath(key.thumbprint)
    let pem: SecretBytes
    do { pem = try SecretBytes(contentsOf: path, files) } catch { throw .secretFile(error) }
    let signingKey: SigningKey
    do { signingKey = try SigningKey(key.algorithm, pem: pem, passphrase: passphrase) } catch {
      guard pem.isEncryptedKey else { throw .privateKey(path: path, reason: error.description) }
      throw passphrase == nil ? .passphraseMissing(path: path) : .passphraseWrong(path: path)
    }
    return try RingSigningKey(signingKey, for: key, at: path).key
  }

  func makeDirectories() throws(KeyRingError) {
    do throws(FileError) { try makeDirectory(directory) } catch { throw .file(error) }
    // A first try may have made directories and died before they were durable. What is above them may belong to
    // others, and may not be readable.
    var path = directory
    while Path.parent(of: path) != path {
      path = Path.parent(of: path)
      try? files.synchronizeDirectory(path)
    }
  }

  private func makeDirectory(_ path: String) throws(FileError) {
    do throws(FileError) {
      try files.makeDirectory(path, permissions: 0o755)
    } catch {
      if error.isExisting { return }
      guard error.isMissing, Path.parent(of: path) != path else { throw error }
      try makeDirectory(Path.parent(of: path))
      do throws(FileError) {
        try files.makeDirectory(path, permissions: 0o755)
      } catch  where error.isExisting {
        // By another process meanwhile, or because `a/` has the parent `a`.
      }
    }
    try files.synchronizeDirectory(Path.parent(of: path))
  }

  /// Runs a change while no other process makes one.
  func locked<Result>(_ change: () throws(KeyRingError) -> Result) throws(KeyRingError) -> Result {
    let lock: OpenFile
    do { lock = try files.lock(directory + "/ring.lock") } catch {
      throw error.isMissing ? .missing(directory: directory) : .file(error)
    }
    let result = try change()
    _ = consume lock
    return result
  }
}

extension SecretBytes {
  /// Whether it is PEM with the label of an encrypted key (RFC 7468 §11).
  fileprivate var isEncryptedKey: Bool {
    let label = Array("-----BEGIN ENCRYPTED PRIVATE KEY-----".utf8)
    return withBytes { bytes in
      bytes.count >= label.count && label.indices.allSatisfy { bytes[$0] == label[$0] }
    }
  }
}
