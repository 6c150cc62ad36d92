#if Server
import JOSECore
import KeyRotation
import SystemSupport

/// Opens the key ring of a configuration, or creates it.
struct RingStart {
  let configuration: IssuerConfiguration
  let clock: WallClock

  func open() async throws -> (live: CurrentKeyRing, store: DirectoryStore, policy: RotationPolicy) {
    let passphrase = try configuration.passphraseFile.map { path in
      do { return try SecretBytes(contentsOf: path).withoutLineEnd() } catch {
        throw SettingsError("\(Setting.passphraseFile.flag): \(error)")
      }
    }
    let store = DirectoryStore(configuration.ring, passphrase: passphrase)
    if configuration.role == .rotates, try store.load() == nil { try make(store) }
    let ring = try store.existing()
    let policy = try policy(ring)
    if configuration.role == .rotates { try await store.settle(policy, clock: clock) }
    let snapshot = try await configuration.role == .serves ? store.publicSnapshot() : store.snapshot()
    guard let snapshot else { throw KeyRingError.missing(directory: store.directory) }
    return (CurrentKeyRing(snapshot, confirmedAt: clock.now), store, policy)
  }

  private func make(_ store: DirectoryStore) throws {
    do { try store.create(try policy(nil), at: clock.now) } catch KeyRingError.alreadyExists {
      // Another process has created it meanwhile.
    }
  }

  /// The policy of the setting, else of `policy.json` beside the ring, else of the ring, else the standard one.
  private func policy(_ ring: KeyRing?) throws -> RotationPolicy {
    let algorithms = ring?.policy.algorithms ?? RotationPolicy.standard.algorithms
    let beside = Path.parent(of: configuration.ring) + "/policy.json"
    let bytes: [UInt8]
    do {
      bytes = try POSIXFileSystem().contents(of: configuration.policyFile ?? beside, limit: 64 << 10).bytes
    } catch {
      guard configuration.policyFile == nil, error.isMissing else {
        throw SettingsError("\(Setting.policy.flag): \(error)")
      }
      return ring?.policy ?? .standard
    }
    do { return try RotationPolicy(parsing: bytes.span, algorithms: algorithms) } catch {
      throw SettingsError("\(configuration.policyFile ?? beside): the policy is refused: \(error)")
    }
  }
}
#endif
