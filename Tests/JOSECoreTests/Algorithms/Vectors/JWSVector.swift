import JOSECore
import Testing

/// A published JWS: key, signing input and signature, in the encodings of its standard.
struct JWSVector: Sendable, CustomTestStringConvertible {
  let name: String
  let algorithm: Algorithm
  let jwk: String
  let signingInput: String
  let signature: String
  /// Whether the algorithm always makes the same signature.
  var isDeterministic = true

  var testDescription: String { name }
  var message: [UInt8] { Array(signingInput.utf8) }
  var token: String { signingInput + "." + signature }

  func verificationKey() throws -> VerificationKey {
    let jwk = try PrivateJWK(jwk)
    switch jwk.material {
    case .secret(let secret): return try VerificationKey(algorithm, secret: secret)
    case .privateKey(let key): return try VerificationKey(algorithm, key.publicKey)
    }
  }

  static let all = rfc7515 + rfc7520 + [rfc8037]
}
