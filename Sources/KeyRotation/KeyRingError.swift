public import JOSE
public import JWA
public import Platform

/// Why a ring can't be made, changed, read or written.
public enum KeyRingError: Error, Sendable, Equatable {
  case noAlgorithms
  case symmetricAlgorithm(Algorithm)
  case noActiveKey(Algorithm, ring: [Algorithm])
  case noStandby(Algorithm)
  /// A key was offered for signing that isn't the ring's active one for its algorithm.
  case notActive(keyID: String, Algorithm)
  /// Verifiers may hold a JWKS without the standby; signing with it now would break them.
  case standbyTooYoung(
    keyID: String, Algorithm, published: NumericDate, earliest: NumericDate, now: NumericDate)
  case duplicateKey(String)
  /// The ring's epoch can't grow any more.
  case noMoreEpochs(Int)
  case key(JWKError)

  case alreadyExists(directory: String)
  case missing(directory: String)
  case manifest(path: String, reason: String)
  case privateKey(path: String, reason: String)
  case secretFile(SecretFileError)
  /// Another process has changed the ring since it was read.
  case changedMeanwhile(expected: Int, found: Int)
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
    case .standbyTooYoung(let keyID, let algorithm, let published, let earliest, let now):
      """
      the \(algorithm) standby \(keyID) was published at \(published), and verifiers may hold an older JWKS until \
      \(earliest), \(earliest.seconds(since: now)) s from now: until then the active key goes on signing
      """
    case .duplicateKey(let keyID): "key \(keyID) is in the ring already"
    case .notActive(let keyID, let algorithm): "key \(keyID) is not the ring's active \(algorithm) key"
    case .noMoreEpochs(let epoch): "the ring is at epoch \(epoch), after which none can come; make a new ring"
    case .key(let error): error.description
    case .alreadyExists(let directory): "there is a key ring in \(directory) already"
    case .missing(let directory):
      "there is no key ring in \(directory); make one with 'idtoken keys init --ring \(directory)'"
    case .manifest(let path, let reason): "\(path) is not a usable ring manifest: \(reason)"
    case .privateKey(let path, let reason): "\(path) is not a usable private key: \(reason)"
    case .secretFile(let error): error.description
    case .changedMeanwhile(let expected, let found):
      "the ring is at epoch \(found), not \(expected) any more: another process changed it. Read it again and retry"
    case .file(let error): error.description
    }
  }
}
