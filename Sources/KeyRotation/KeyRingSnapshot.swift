public import JOSE
public import JWA
import Synchronization

/// A ring at one epoch, ready for use: the keys that sign and the JWKS that verifies them, which never change apart.
public struct KeyRingSnapshot: Sendable {
  public let epoch: Int
  public let ring: KeyRing
  public let jwks: JWKSet
  /// The JWKS as it is served, rendered once for each epoch.
  public let jwksBytes: [UInt8]
  private let signingKeys: [RingSigningKey]

  /// Takes no key to sign with but the ring's active ones.
  public init(_ ring: KeyRing, signingKeys: [RingSigningKey]) throws(KeyRingError) {
    for key in signingKeys where ring.activeKey(for: key.algorithm)?.keyID != key.keyID {
      throw .notActive(keyID: key.keyID, key.algorithm)
    }
    do { jwks = try ring.jwks } catch { throw .key(error) }
    epoch = ring.epoch
    self.ring = ring
    self.signingKeys = signingKeys
    jwksBytes = jwks.bytes
  }

  public func signingKey(for algorithm: Algorithm) throws(KeyRingError) -> RingSigningKey {
    guard let key = signingKeys.first(where: { $0.algorithm == algorithm }) else {
      throw .noActiveKey(algorithm, ring: signingKeys.map(\.algorithm))
    }
    return key
  }
}

/// The snapshot in force, for everyone who signs or serves. Readers look at the epoch, which costs one load, and take
/// the snapshot itself only when that has changed.
public final class LiveKeyRing: Sendable {
  private let latestEpoch: Atomic<Int>
  private let snapshot: Mutex<KeyRingSnapshot>

  public init(_ snapshot: KeyRingSnapshot) {
    latestEpoch = Atomic(snapshot.epoch)
    self.snapshot = Mutex(snapshot)
  }

  public var epoch: Int { latestEpoch.load(ordering: .acquiring) }

  public var current: KeyRingSnapshot { snapshot.withLock { $0 } }

  /// Puts a newer snapshot in force; one that isn't newer is ignored: epochs only grow.
  public func update(_ newer: KeyRingSnapshot) {
    snapshot.withLock { current in
      guard newer.epoch > current.epoch else { return }
      current = newer
      latestEpoch.store(newer.epoch, ordering: .releasing)
    }
  }
}
