/// Why a key, a secret or an operation was refused.
public enum JWAError: Error, Sendable, Equatable {
  /// The key is of a kind that the algorithm can't use (RFC 8725 §3.1).
  case wrongKey(algorithm: Algorithm, key: KeyKind)
  /// A symmetric algorithm was asked of an asymmetric key, or the other way round.
  case wrongKeyType(algorithm: Algorithm)
  /// RFC 7518 §3.3 and §3.5 ask for 2048 bits or more.
  case modulusTooShort(bits: Int)
  /// RFC 7518 §3.2 asks for a secret at least as long as the hash.
  case secretTooShort(algorithm: Algorithm, bytes: Int)
  /// Parameters that make no key, or a key type that JWA has no algorithm for.
  case invalidKey(String)
  /// Text that isn't the PEM that was asked for.
  case invalidPEM(String)
  /// A key locked with this passphrase could not be opened again.
  case emptyPassphrase
  case passphraseTooLong(bytes: Int, limit: Int)
  /// The absorbed prefix is another key's, or not the beginning of this message.
  case foreignPrefix
  /// The caller's buffer can't take the signature.
  case bufferTooShort(needed: Int, available: Int)
  /// OpenSSL refused; the text is the reason it gave.
  case openSSL(operation: String, reason: String)
}

extension JWAError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongKey(let algorithm, let key):
      "\(algorithm) needs \(algorithm.requirement); this is \(key)"
    case .wrongKeyType(let algorithm) where algorithm.isSymmetric:
      "\(algorithm) needs \(algorithm.requirement); a private or public key is no secret"
    case .wrongKeyType(let algorithm):
      "\(algorithm) needs \(algorithm.requirement); this is a secret"
    case .modulusTooShort(let bits):
      "the RSA key has \(bits) bits; RFC 7518 §3.3 asks for 2048 or more"
    case .secretTooShort(let algorithm, let bytes):
      "the secret has \(bytes) bytes; \(algorithm) needs \(algorithm.minimumSecretLength) or more (RFC 7518 §3.2)"
    case .invalidKey(let reason): "not a usable key: \(reason)"
    case .invalidPEM(let reason): "not the PEM that is needed: \(reason)"
    case .emptyPassphrase: "the passphrase is empty; without one, leave it out"
    case .passphraseTooLong(let bytes, let limit): "the passphrase has \(bytes) bytes; \(limit) is the most"
    case .foreignPrefix: "the absorbed prefix belongs to another key or to a longer message"
    case .bufferTooShort(let needed, let available):
      "the buffer has room for \(available) bytes, and \(needed) are needed"
    case .openSSL(let operation, let reason): "OpenSSL could not \(operation): \(reason)"
    }
  }
}
