public import JOSE
public import JWA
package import Platform

/// A key ring in a directory: `ring.json`, a manifest without secrets, and one PKCS#8 file for each private key
/// (`KID.pem`, mode 0600), as `openssl pkey` reads it.
///
/// Every change goes: new private keys, then the manifest, then away with the private keys it no longer needs; each
/// step durable before the next. So a crash in between leaves the old ring or the new one, and at worst a key file that
/// nothing refers to, which the next change removes.
public struct DirectoryStore: Sendable {
  public let directory: String
  let passphrase: SecretBytes?
  let files: any FileSystem

  /// - Parameter passphrase: encrypts the private keys that are written and opens those that are read.
  public init(_ directory: String, passphrase: SecretBytes? = nil) {
    self.init(directory, passphrase: passphrase, files: POSIXFileSystem())
  }

  package init(_ directory: String, passphrase: SecretBytes? = nil, files: any FileSystem) {
    (self.directory, self.passphrase, self.files) = (directory, passphrase, files)
  }

  /// Makes the directory (and those above it) and a new ring in it. There must not be one yet.
  @discardableResult
  public func create(_ algorithms: [Algorithm], at now: NumericDate) throws(KeyRingError) -> KeyRing {
    try makeDirectories()
    return try locked { () throws(KeyRingError) in
      guard try manifestBytes() == nil else { throw .alreadyExists(directory: directory) }
      var keys: [RingSigningKey] = []
      for algorithm in algorithms {
        for _ in ["active", "standby"] { keys.append(try .generate(algorithm)) }
      }
      let ring = try KeyRing.new(keys.compactMap(\.newKey), at: now)
      try commit(ring, adding: keys)
      return ring
    }
  }

  /// The ring as it stands.
  public func load() throws(KeyRingError) -> KeyRing {
    guard let bytes = try manifestBytes() else { throw .missing(directory: directory) }
    return try RingManifest.ring(bytes.span, path: manifestPath)
  }

  /// The ring and the private keys of its active keys.
  public func snapshot() throws(KeyRingError) -> KeyRingSnapshot {
    var ring = try load()
    while true {
      do throws(KeyRingError) { return try snapshot(ring) } catch {
        // A rotation may have come between the manifest and its keys, and taken one of them away.
        let latest = try load()
        guard latest.epoch != ring.epoch else { throw error }
        ring = latest
      }
    }
  }

  private func snapshot(_ ring: KeyRing) throws(KeyRingError) -> KeyRingSnapshot {
    var keys: [RingSigningKey] = []
    for key in ring.keys where key.state == .active { keys.append(try signingKey(key)) }
    return try KeyRingSnapshot(ring, signingKeys: keys)
  }

  /// Rotates algorithms now (all of the ring's if none is named).
  @discardableResult
  public func rotate(
    _ algorithms: [Algorithm] = [], policy: RotationPolicy, at now: NumericDate
  ) throws(KeyRingError) -> KeyRing {
    try locked { () throws(KeyRingError) in
      let ring = try load()
      let rotating = algorithms.isEmpty ? ring.algorithms : algorithms
      // Asked before any key is made: making RSA keys takes time.
      _ = try ring.step(policy, at: now, rotating: rotating, publishing: [])
      // The old private keys go for good: not before the new ones are there and open with this passphrase.
      for case let standby? in rotating.map(ring.standby) { _ = try signingKey(standby) }
      var keys: [RingSigningKey] = []
      for algorithm in ring.missingStandbys(rotating: rotating) { keys.append(try .generate(algorithm)) }
      let next = try ring.step(policy, at: now, rotating: rotating, publishing: keys.compactMap(\.newKey))
      try commit(next, adding: keys)
      return next
    }
  }
}
