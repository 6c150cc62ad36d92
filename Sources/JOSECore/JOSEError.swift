/// Why a key, a secret, JSON, a JWK or a JWS was refused, or an operation on one failed. `description` says what was wrong.
public struct JOSEError: Error, Sendable, Equatable, CustomStringConvertible {
  package let details: ErrorDetails

  /// A stable name of the reason, for metrics and machines:
  ///
  /// `wrong_key` (of another kind than the algorithm's, RFC 8725 §3.1), `weak_key`, `invalid_key`, `invalid_pem`,
  /// `invalid_passphrase`, `invalid_base64url`, `invalid_json`, `invalid_jwk`, `invalid_jws`, `buffer_too_short`,
  /// `cryptography` where the library under it failed. There may be more.
  public var code: String { details.code }
  public var description: String { details.description }

  private init(_ code: String, _ description: String) { details = ErrorDetails(code, description) }
}

/// What an error of this package holds. A reference, so that a call that may throw it returns in registers.
package final class ErrorDetails: Sendable, Equatable {
  package let code: String
  package let description: String
  /// The error that led to it.
  package let cause: (any Error)?

  package init(_ code: String, _ description: String, cause: (any Error)? = nil) {
    (self.code, self.description, self.cause) = (code, description, cause)
  }

  package static func == (left: ErrorDetails, right: ErrorDetails) -> Bool {
    left === right || (left.code, left.description) == (right.code, right.description)
  }
}

// Keys and algorithms (RFC 7518).
extension JOSEError {
  /// The key is of a kind that the algorithm can't use (RFC 8725 §3.1).
  package static func wrongKey(algorithm: Algorithm, key: KeyKind) -> Self {
    Self("wrong_key", "\(algorithm) needs \(algorithm.requirement); this is \(key)")
  }
  /// A symmetric algorithm was asked of an asymmetric key, or the other way round.
  package static func wrongKeyType(algorithm: Algorithm) -> Self {
    let found = algorithm.isSymmetric ? "a private or public key is no secret" : "this is a secret"
    return Self("wrong_key", "\(algorithm) needs \(algorithm.requirement); \(found)")
  }
  /// RFC 7518 §3.3 and §3.5 ask for 2048 bits or more.
  package static func modulusTooShort(bits: Int) -> Self {
    Self("weak_key", "the RSA key has \(bits) bits; RFC 7518 §3.3 asks for 2048 or more")
  }
  /// RFC 7518 §3.2 asks for a secret at least as long as the hash.
  package static func secretTooShort(algorithm: Algorithm, bytes: Int) -> Self {
    Self(
      "weak_key",
      "the secret has \(bytes) bytes; \(algorithm) needs \(algorithm.minimumSecretLength) or more (RFC 7518 §3.2)"
    )
  }
  /// Parameters that make no key, or a key type that JWA has no algorithm for.
  package static func invalidKey(_ reason: String) -> Self {
    Self("invalid_key", "not a usable key: \(reason)")
  }
  /// Text that isn't the PEM that was asked for.
  package static func invalidPEM(_ reason: String) -> Self {
    Self("invalid_pem", "not the PEM that is needed: \(reason)")
  }
  /// A key locked with this passphrase could not be opened again.
  package static let emptyPassphrase = Self(
    "invalid_passphrase", "the passphrase is empty; without one, leave it out")
  package static func passphraseTooLong(bytes: Int, limit: Int) -> Self {
    Self("invalid_passphrase", "the passphrase has \(bytes) bytes; \(limit) is the most")
  }
  /// The hash state is another key's, or not the beginning of this message.
  package static let foreignPrefix = Self(
    "wrong_key", "the hash state belongs to another key or to a longer message")
  /// The caller's buffer can't take the signature.
  package static func bufferTooShort(needed: Int, available: Int) -> Self {
    Self("buffer_too_short", "the buffer has room for \(available) bytes, and \(needed) are needed")
  }
  /// OpenSSL refused; the text is the reason it gave.
  package static func openSSL(operation: String, reason: String) -> Self {
    Self("cryptography", "OpenSSL could not \(operation): \(reason)")
  }
}

// JSON Web Keys (RFC 7517).
extension JOSEError {
  /// A JWK that can't be read, or whose key is refused.
  package static func jwk(_ error: JOSEError) -> Self { Self("invalid_jwk", "the JWK is refused: \(error)") }
  package static func missing(_ member: String) -> Self { Self("invalid_jwk", "the JWK has no \(member)") }
  package static func wrongType(member: String, found: String) -> Self {
    Self("invalid_jwk", "the JWK's \(member) is \(found)")
  }
  package static func encoding(member: String, _ error: JOSEError) -> Self {
    Self("invalid_jwk", "the JWK's \(member) is not base64url: \(error)")
  }
  package static func unsupported(member: String, value: String) -> Self {
    Self("invalid_jwk", "the JWK's \(member) is \(value.debugDescription), which is not supported")
  }
  /// The kind of JWK that was given is not the kind that was asked for.
  package static func wrongKind(_ reason: String) -> Self { Self("invalid_jwk", reason) }
}

// Compact JWS (RFC 7515), before any key is tried.
extension JOSEError {
  package static func tokenTooLong(bytes: Int, limit: Int) -> Self {
    Self("invalid_jws", "the token has \(bytes) bytes; \(limit) is the most")
  }
  package static func parts(_ count: Int) -> Self {
    Self("invalid_jws", "a compact JWS has 3 parts between dots, this has \(count) (RFC 7515 §7.1)")
  }
  package static func encoding(part: String, _ error: JOSEError) -> Self {
    Self("invalid_jws", "the token's \(part) is not base64url: \(error)")
  }
  package static func json(part: String, _ error: JOSEError) -> Self {
    Self("invalid_jws", "the token's \(part) is refused: \(error)")
  }
  package static func header(_ reason: String) -> Self {
    Self("invalid_jws", "the token's header is refused: \(reason)")
  }
  package static func unsupportedAlgorithm(_ name: String) -> Self {
    let isUnsecured = name == "none"
    return Self(
      "invalid_jws",
      isUnsecured
        ? "the token is unsecured (alg none), which is never accepted (RFC 8725 §3.2)"
        : "alg \(name.debugDescription) is not supported")
  }
  package static func criticalHeader(_ names: String) -> Self {
    Self(
      "invalid_jws", "the header has crit \(names), and no such extension is understood (RFC 7515 §4.1.11)")
  }
}

// Strict JSON and base64url (RFC 8259, RFC 4648 §5).
extension JOSEError {
  package static func tooLong(bytes: Int, limit: Int) -> Self {
    Self("invalid_json", "\(bytes) bytes of JSON; \(limit) is the most")
  }
  package static func tooDeep(limit: Int) -> Self {
    Self("invalid_json", "JSON nested deeper than \(limit) levels")
  }
  /// Not JSON, a name given twice, or a number out of range; the position counts bytes from 0.
  package static func malformed(reason: String, position: Int) -> Self {
    Self("invalid_json", "malformed JSON at byte \(position): \(reason)")
  }
  package static func notAnObject(found: String) -> Self {
    Self("invalid_json", "a JSON object is expected, and this is \(found)")
  }
  package static func impossibleLength(_ count: Int) -> Self {
    Self("invalid_base64url", "\(count) characters can't be base64url")
  }
  package static func invalidCharacter(_ byte: UInt8, position: Int) -> Self {
    Self(
      "invalid_base64url",
      "byte 0x\(String(byte, radix: 16)) at position \(position) is not in the base64url alphabet")
  }
  /// The last character holds bits that belong to no byte.
  package static let strayBits = Self(
    "invalid_base64url", "the last base64url character has bits that belong to no byte")
}
