public import JOSECore
public import SystemSupport

/// Why a ring can't be made, changed, read or written.
public enum KeyRingError: Error, Sendable, Equatable {
  case noAlgorithms
  case symmetricAlgorithm(Algorithm)
  case noActiveKey(Algorithm, ring: [Algorithm])
  case noStandby(Algorithm)
  /// The key that should take over has no private half that opens.
  indirect case unusableStandby(keyID: String, KeyRingError)
  /// A key was offered for signing that isn't the ring's active one for its algorithm.
  case notActive(keyID: String, Algorithm)
  /// Verifiers may hold a JWKS without the standby; signing with it now would break them.
  case standbyTooYoung(
    keyID: String, Algorithm, published: NumericDate, earliest: NumericDate?, now: NumericDate)
  case unknownKey(String)
  case unusableKeyID(String)
  case policy(PolicyError)
  case noRing
  case duplicateKey(String)
  /// The ring's epoch can't grow any more.
  case noMoreEpochs(Int)
  case key(JWKError)

  case alreadyExists(directory: String)
  case missing(directory: String)
  /// There is a ring's audit log, and no manifest.
  case manifestLost(directory: String)
  case manifest(path: String, reason: String)
  case privateKey(path: String, reason: String)
  /// The ring's private keys are encrypted, and no passphrase was given.
  case passphraseMissing(path: String)
  /// An encrypted private key doesn't open with the passphrase that was given.
  case passphraseWrong(path: String)
  case secretFile(SecretFileError)
  /// Another process has changed the ring since it was read.
  case changedMeanwhile(expected: Int, found: Int)
  case audit(path: String, line: Int, String)
  /// A process that signs hasn't confirmed its snapshot within the staleness bound.
  case stale(since: NumericDate, now: NumericDate, bound: Int64)
  /// The clock of a process that signs has gone back since it confirmed its snapshot: how long ago that was can't be told.
  case clockWentBack(since: NumericDate, now: NumericDate)
  /// The store holds an older ring than this process has seen, or another of the same epoch.
  case ringWentBack(found: Int, known: Int)
  /// A token would expire after what is reserved for its key: no rotator has renewed the reservation.
  case reservationOver(keyID: String, until: NumericDate)
  /// A token would live for longer than the ring's policy says, which removes keys by it. Seconds.
  case lifetimeTooLong(Int64, longest: Int64)
  /// The key's own end is reached, and no other may sign yet.
  case keyEnded(keyID: String, at: NumericDate)
  case file(FileError)
}

extension KeyRingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noAlgorithms: "a ring needs at least one algorithm"
    case .symmetricAlgorithm(let algorithm):
      "\(algorithm) is symmetric: its secret would have to be published. A ring holds RS, PS, ES and EdDSA keys"
    case .noActiveKey(let algorithm, let ring):
      "the ring has no active \(algorithm) key; it signs with \(ring.map(\.rawValue).joined(separator: ", "))"
    case .noStandby(let algorithm): "the ring has no standby for \(algorithm)"
    case .unusableStandby(let keyID, let cause):
      """
      \(cause). Standby \(keyID) can't take over, so the active key goes on signing. Restore the standby's private key, \
      or revoke it to get another standby ('idtoken keys revoke \(keyID)')
      """
    case .standbyTooYoung(let keyID, let algorithm, let published, let earliest, let now):
      if let earliest {
        """
        the \(algorithm) standby \(keyID) was published at \(published), and verifiers may hold an older JWKS until \
        \(earliest), \(DurationFormat.text(earliest.seconds(since: now))) from now: until then the active key goes on signing
        """
      } else {
        """
        the \(algorithm) standby \(keyID) is not confirmed to be in the public JWKS: export it, then \
        'idtoken jwks confirm URL'. Until then the active key goes on signing
        """
      }
    case .unknownKey(let keyID): "there is no key \(keyID.debugDescription) in the ring that could be revoked"
    case .unusableKeyID(let keyID):
      "the kid \(keyID.debugDescription) can't be used: it has to be 1 to 128 visible ASCII characters"
    case .policy(let error): "the policy is refused: \(error)"
    case .noRing: "the store holds no key ring"
    case .duplicateKey(let keyID): "key \(keyID) is in the ring already"
    case .notActive(let keyID, let algorithm): "key \(keyID) is not the ring's active \(algorithm) key"
    case .noMoreEpochs(let epoch): "the ring is at epoch \(epoch), after which none can come; make a new ring"
    case .key(let error): error.description
    case .alreadyExists(let directory): "there is a key ring in \(directory) already"
    case .missing(let directory):
      "there is no key ring in \(directory); make one with 'idtoken keys init --ring \(directory)'"
    case .manifestLost(let directory):
      """
      \(directory) has the audit log of a key ring but no ring.json. A new ring would destroy the private keys in it. \
      Restore ring.json, or make the new ring in another directory
      """
    case .manifest(let path, let reason): "\(path) is not a usable ring manifest: \(reason)"
    case .privateKey(let path, let reason): "\(path) is not a usable private key: \(reason)"
    case .passphraseMissing(let path):
      """
      the ring's private keys are encrypted, and no passphrase was given: \(path) can't be opened. Pass the file with \
      the passphrase as --passphrase-file
      """
    case .passphraseWrong(let path):
      """
      the private key \(path) is encrypted, and the passphrase doesn't open it: the passphrase is wrong, or the file is \
      damaged. Check the file of --passphrase-file
      """
    case .secretFile(let error): error.description
    case .changedMeanwhile(let expected, let found):
      "the ring is at epoch \(found), not \(expected) any more: another process changed it. Read it again and retry"
    case .audit(let path, let line, let reason): "\(path), line \(line): \(reason)"
    case .stale(let since, let now, let bound):
      """
      the ring was last confirmed at \(since), \(DurationFormat.text(now.seconds(since: since))) ago, and the policy allows \(DurationFormat.text(bound)): \
      this process can't reach its store and must not sign
      """
    case .clockWentBack(let since, let now):
      """
      the clock went back to \(now) after the ring was confirmed at \(since), so the age of that confirmation is unknown. \
      This process signs again after the next confirmation from its store
      """
    case .ringWentBack(let found, let known):
      """
      this process has seen epoch \(known) of the ring, and the store holds \
      \(found == known ? "another ring of that epoch" : "epoch \(found)"): an older one was put back. The \
      older ring is ignored. Restore the newer one, or start with an empty directory
      """
    case .reservationOver(let keyID, let until):
      """
      no rotator has renewed the ring, so tokens of key \(keyID) can't be issued past \(until). Start a rotator, or run \
      'idtoken keys step'
      """
    case .lifetimeTooLong(let lifetime, let longest):
      "a token was requested for \(lifetime) s, but the ring's policy has token_lifetime \(DurationFormat.setting(longest))"
    case .keyEnded(let keyID, let at):
      "key \(keyID) ended at \(at), and no other key may sign yet; see 'idtoken keys list'"
    case .file(let error): error.description
    }
  }
}
