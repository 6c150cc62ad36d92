package import JOSECore
package import SystemSupport

/// Why a ring can't be made, changed, read or written. `description` says what was wrong and what to do.
public struct KeyRingError: Error, Sendable, Equatable, CustomStringConvertible {
  package let details: ErrorDetails

  /// A stable name of the reason, for metrics and machines:
  ///
  /// `already_exists`, `changed_meanwhile`, `clock_went_back`, `duplicate_key`, `file`, `invalid_algorithms`,
  /// `invalid_audit_log`, `invalid_key`, `invalid_key_id`, `invalid_manifest`, `invalid_policy`,
  /// `invalid_private_key`, `key_ended`, `lifetime_too_long`, `manifest_lost`, `no_active_key`, `no_more_epochs`,
  /// `no_ring`, `no_standby`, `not_active`, `passphrase_missing`, `passphrase_wrong`, `reservation_over`,
  /// `ring_went_back`, `secret_file`, `stale`, `standby_too_young`, `unknown_key`,
  /// `unusable_standby`. There may be more.
  public var code: String { details.code }
  public var description: String { details.description }

  private init(_ code: String, _ description: String, cause: (any Error)? = nil) {
    details = ErrorDetails(code, description, cause: cause)
  }
}

extension KeyRingError {
  /// Whether another process was first.
  package var isChangedMeanwhile: Bool { code == "changed_meanwhile" }

  package static let noAlgorithms = Self("invalid_algorithms", "a ring needs at least one algorithm")
  package static func symmetricAlgorithm(_ algorithm: Algorithm) -> Self {
    Self(
      "invalid_algorithms",
      "\(algorithm) is symmetric: its secret would have to be published. A ring holds RS, PS, ES and EdDSA keys"
    )
  }
  package static func noActiveKey(_ algorithm: Algorithm, ring: [Algorithm]) -> Self {
    Self(
      "no_active_key",
      "the ring has no active \(algorithm) key; it signs with \(ring.map(\.rawValue).joined(separator: ", "))"
    )
  }
  package static func noStandby(_ algorithm: Algorithm) -> Self {
    Self("no_standby", "the ring has no standby for \(algorithm)")
  }
  /// The key that should take over has no private half that opens.
  package static func unusableStandby(keyID: String, _ cause: KeyRingError) -> Self {
    Self(
      "unusable_standby",
      """
      \(cause). Standby \(keyID) can't take over, so the active key goes on signing. Restore the standby's private key, \
      or revoke it to get another standby ('idtoken keys revoke \(keyID)')
      """, cause: cause)
  }
  /// A key was offered for signing that isn't the ring's active one for its algorithm.
  package static func notActive(keyID: String, _ algorithm: Algorithm) -> Self {
    Self("not_active", "key \(keyID) is not the ring's active \(algorithm) key")
  }
  /// Verifiers may hold a JWKS without the standby; signing with it now would break them.
  package static func standbyTooYoung(
    keyID: String, _ algorithm: Algorithm, published: NumericDate, earliest: NumericDate?, now: NumericDate
  ) -> Self {
    let code = "standby_too_young"
    guard let earliest else {
      return Self(
        code,
        """
        the \(algorithm) standby \(keyID) is not confirmed to be in the public JWKS: export it, then \
        'idtoken jwks confirm URL'. Until then the active key goes on signing
        """)
    }
    return Self(
      code,
      """
      the \(algorithm) standby \(keyID) was published at \(published), and verifiers may hold an older JWKS until \
      \(earliest), \(DurationFormat.text(earliest.seconds(since: now))) from now: until then the active key goes on signing
      """)
  }
  package static func unknownKey(_ keyID: String) -> Self {
    Self("unknown_key", "there is no key \(keyID.debugDescription) in the ring that could be revoked")
  }
  package static func unusableKeyID(_ keyID: String) -> Self {
    Self(
      "invalid_key_id",
      "the kid \(keyID.debugDescription) can't be used: it has to be 1 to 128 visible ASCII characters")
  }
  package static func policy(_ reason: String) -> Self {
    Self("invalid_policy", "the policy is refused: \(reason)")
  }
  package static let noRing = Self("no_ring", "the store holds no key ring")
  package static func duplicateKey(_ keyID: String) -> Self {
    Self("duplicate_key", "key \(keyID) is in the ring already")
  }
  /// The ring's epoch can't grow any more.
  package static func noMoreEpochs(_ epoch: Int) -> Self {
    Self("no_more_epochs", "the ring is at epoch \(epoch), after which none can come; make a new ring")
  }
  package static func key(_ error: JOSEError) -> Self { Self("invalid_key", error.description) }
  package static func alreadyExists(directory: String) -> Self {
    Self("already_exists", "there is a key ring in \(directory) already")
  }
  package static func missing(directory: String) -> Self {
    Self(
      "no_ring", "there is no key ring in \(directory); make one with 'idtoken keys init --ring \(directory)'"
    )
  }
  /// There is a ring's audit log, and no manifest.
  package static func manifestLost(directory: String) -> Self {
    Self(
      "manifest_lost",
      """
      \(directory) has the audit log of a key ring but no ring.json. A new ring would destroy the private keys in it. \
      Restore ring.json, or make the new ring in another directory
      """)
  }
  package static func manifest(path: String, reason: String) -> Self {
    Self("invalid_manifest", "\(path) is not a usable ring manifest: \(reason)")
  }
  package static func privateKey(path: String, reason: String) -> Self {
    Self("invalid_private_key", "\(path) is not a usable private key: \(reason)")
  }
  /// The ring's private keys are encrypted, and no passphrase was given.
  package static func passphraseMissing(path: String) -> Self {
    Self(
      "passphrase_missing",
      """
      the ring's private keys are encrypted, and no passphrase was given: \(path) can't be opened. Pass the file with \
      the passphrase as --passphrase-file
      """)
  }
  /// An encrypted private key doesn't open with the passphrase that was given.
  package static func passphraseWrong(path: String) -> Self {
    Self(
      "passphrase_wrong",
      """
      the private key \(path) is encrypted, and the passphrase doesn't open it: the passphrase is wrong, or the file is \
      damaged. Check the file of --passphrase-file
      """)
  }
  package static func secretFile(_ error: SecretFileError) -> Self {
    Self("secret_file", error.description, cause: error)
  }
  /// Another process has changed the ring since it was read.
  package static func changedMeanwhile(expected: Int, found: Int) -> Self {
    Self(
      "changed_meanwhile",
      "the ring is at epoch \(found), not \(expected) any more: another process changed it. Read it again and retry"
    )
  }
  package static func audit(path: String, line: Int, _ reason: String) -> Self {
    Self("invalid_audit_log", "\(path), line \(line): \(reason)")
  }
  /// A process that signs hasn't confirmed its snapshot within the staleness bound.
  package static func stale(since: NumericDate, now: NumericDate, bound: Int64) -> Self {
    Self(
      "stale",
      """
      the ring was last confirmed at \(since), \(DurationFormat.text(now.seconds(since: since))) ago, and the policy allows \(DurationFormat.text(bound)): \
      this process can't reach its store and must not sign
      """)
  }
  /// The clock of a process that signs has gone back since it confirmed its snapshot: how long ago that was can't be told.
  package static func clockWentBack(since: NumericDate, now: NumericDate) -> Self {
    Self(
      "clock_went_back",
      """
      the clock went back to \(now) after the ring was confirmed at \(since), so the age of that confirmation is unknown. \
      This process signs again after the next confirmation from its store
      """)
  }
  /// The store holds an older ring than this process has seen, or another of the same epoch.
  package static func ringWentBack(found: Int, known: Int) -> Self {
    Self(
      "ring_went_back",
      """
      this process has seen epoch \(known) of the ring, and the store holds \
      \(found == known ? "another ring of that epoch" : "epoch \(found)"): an older one was put back. The \
      older ring is ignored. Restore the newer one, or start with an empty directory
      """)
  }
  /// A token would expire after what is reserved for its key: no rotator has renewed the reservation.
  package static func reservationOver(keyID: String, until: NumericDate) -> Self {
    Self(
      "reservation_over",
      """
      no rotator has renewed the ring, so tokens of key \(keyID) can't be issued past \(until). Start a rotator, or run \
      'idtoken keys step'
      """)
  }
  /// A token would live for longer than the ring's policy says, which removes keys by it. Seconds.
  package static func lifetimeTooLong(_ lifetime: Int64, longest: Int64) -> Self {
    Self(
      "lifetime_too_long",
      "a token was requested for \(lifetime) s, but the ring's policy has token_lifetime \(DurationFormat.setting(longest))"
    )
  }
  /// The key's own end is reached, and no other may sign yet.
  package static func keyEnded(keyID: String, at: NumericDate) -> Self {
    Self("key_ended", "key \(keyID) ended at \(at), and no other key may sign yet; see 'idtoken keys list'")
  }
  package static func file(_ error: FileError) -> Self { Self("file", error.description, cause: error) }
  /// Whether the system has refused to read or write a file.
  var isOfFile: Bool { code == "file" }
}
