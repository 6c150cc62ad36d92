#if Server
import JOSECore
import KeyRotation

extension IssuerConfiguration {
  /// Opens the key ring. An issuer that rotates creates it if it is missing.
  func openRing(_ clock: WallClock) async throws -> KeyRing {
    let passphrase = try passphraseFile.map { path in
      do { return try SecretBytes(contentsOf: path).withoutLineEnd() } catch {
        throw SettingsError("\(Setting.passphraseFile.flag): \(error)")
      }
    }
    let store = DirectoryStore(ring, passphrase: passphrase)
    return try await KeyRing.open(
      store, policy: try policy(store.load()), role: role.ofRing, createIfMissing: role == .rotates,
      clock: clock)
  }

  private func policy(_ stored: KeyRingState?) throws -> RotationPolicy {
    do { return try PolicyFile.policy(policyFile, beside: ring, stored) } catch {
      if error.cause.code == "invalid_policy" { throw SettingsError("\(error)") }
      throw SettingsError("\(Setting.policy.flag): \(error)")
    }
  }
}
#endif
