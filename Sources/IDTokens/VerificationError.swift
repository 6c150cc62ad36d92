public import JOSECore

/// Why a token does not verify. Each case is one reason; `description` says it with what was found and expected.
public enum VerificationError: Error, Sendable, Equatable {
  case malformed(JWSError)
  /// The token's algorithm is none that this verifier's keys are for (RFC 8725 §3.1).
  case algorithmNotAllowed(Algorithm, allowed: [Algorithm])
  case unknownKey(keyID: String, known: [String])
  /// No key or more than one could be meant: the token has no `kid`, or the set has it twice.
  case ambiguousKey(keyID: String?, candidates: Int)
  /// `typ` says that this is something else than a JWT (RFC 8725 §3.11).
  case wrongType(String)
  case keyMismatch(keyID: String?, Algorithm)
  case invalidSignature(Algorithm)
  case missingClaim(String)
  case wrongClaimType(String, expected: String, found: String)
  case expired(at: NumericDate, now: NumericDate, leeway: Int64)
  case notYetValid(notBefore: NumericDate, now: NumericDate, leeway: Int64)
  case issuedInFuture(at: NumericDate, now: NumericDate, leeway: Int64)
  case wrongAudience(found: [String], expected: String)
  case wrongIssuer(found: String, expected: String)
  /// `iss` and `dest` of a Shopify token name different shops.
  case issuerIsNotDestination(issuer: String, destination: String)
  case openSSL(JWAError)
}

extension VerificationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let error): error.description
    case .algorithmNotAllowed(let algorithm, let allowed):
      "the token is signed with \(algorithm); accepted here: \(allowed.map(\.rawValue).joined(separator: ", "))"
    case .unknownKey(let keyID, let known):
      "key \(keyID.debugDescription) is not in the set, which holds \(known.isEmpty ? "none" : known.joined(separator: ", "))"
    case .ambiguousKey(nil, let candidates):
      "the token names no key (kid), and \(candidates) keys of the set could be meant"
    case .ambiguousKey(let keyID?, let candidates):
      "\(candidates) keys of the set are named \(keyID.debugDescription)"
    case .wrongType(let type):
      "typ is \(type.debugDescription), not JWT: this is no ID token (RFC 8725 §3.11)"
    case .keyMismatch(let keyID, let algorithm): "key \(keyID ?? "without kid") is not for \(algorithm)"
    case .invalidSignature(let algorithm): "the \(algorithm) signature is not valid for this token and key"
    case .missingClaim(let name): "the claim \(name) is missing"
    case .wrongClaimType(let name, let expected, let found): "the claim \(name) is \(found), not \(expected)"
    case .expired(let at, let now, let leeway):
      """
      expired at \(at), \(now.reduced(by: leeway).seconds(since: at)) s before now − leeway \
      (now \(now), leeway \(leeway) s)
      """
    case .notYetValid(let notBefore, let now, let leeway):
      """
      not valid before \(notBefore), \(notBefore.seconds(since: now.advanced(by: leeway))) s after now + leeway \
      (now \(now), leeway \(leeway) s)
      """
    case .issuedInFuture(let at, let now, let leeway):
      """
      issued at \(at), \(at.seconds(since: now.advanced(by: leeway))) s after now + leeway \
      (now \(now), leeway \(leeway) s)
      """
    case .wrongAudience(let found, let expected):
      "audience is \(found.map(\.shown).joined(separator: ", ")), expected \(expected.shown)"
    case .wrongIssuer(let found, let expected): "issuer is \(found.shown), expected \(expected.shown)"
    case .issuerIsNotDestination(let issuer, let destination):
      "issuer \(issuer.shown) and destination \(destination.shown) don't name the same shop"
    case .openSSL(let error): error.description
    }
  }

  /// A stable name of the reason, for metrics and machines.
  public var code: String {
    switch self {
    case .malformed: "malformed"
    case .algorithmNotAllowed: "algorithm_not_allowed"
    case .unknownKey, .ambiguousKey, .keyMismatch: "unknown_key"
    case .wrongType: "wrong_type"
    case .invalidSignature: "invalid_signature"
    case .missingClaim: "missing_claim"
    case .wrongClaimType: "wrong_claim_type"
    case .expired: "expired"
    case .notYetValid: "not_yet_valid"
    case .issuedInFuture: "issued_in_future"
    case .wrongAudience: "wrong_audience"
    case .wrongIssuer, .issuerIsNotDestination: "wrong_issuer"
    case .openSSL: "openssl"
    }
  }
}

extension String {
  /// The text, quoted and escaped where it could upset a log: it came from outside.
  fileprivate var shown: String { utf8.allSatisfy(\.isVisibleASCII) && !isEmpty ? self : debugDescription }
}
