package import JOSECore

/// Why a token does not verify. `description` says it with what was found and expected.
public struct VerificationError: Error, Sendable, Equatable {
  package let reason: Reason

  // Indirect, so that a call that may throw it returns in registers.
  package indirect enum Reason: Sendable, Equatable {
    case malformed(JWSError)
    case algorithmNotAllowed(Algorithm, allowed: [Algorithm])
    case unknownKey(keyID: String, known: [String])
    /// No key or more than one could be meant: the token has no `kid`, or the set has it twice.
    case ambiguousKey(keyID: String?, candidates: Int)
    case keyMismatch(keyID: String?, Algorithm)
    case wrongType(String)
    case invalidSignature(Algorithm)
    case missingClaim(String)
    case wrongClaimType(String, expected: String, found: String)
    case undecodableClaims(String)
    case expired(at: NumericDate, now: NumericDate, leeway: Int64)
    case notYetValid(notBefore: NumericDate, now: NumericDate, leeway: Int64)
    case issuedInFuture(at: NumericDate, now: NumericDate, leeway: Int64)
    case wrongAudience(found: [String], expected: String)
    case wrongAuthorizedParty(found: String, expected: String)
    case wrongIssuer(found: String, expected: String)
    case issuerIsNotDestination(issuer: String, destination: String)
    case wrongNonce
    case keysUnavailable(String)
    case failure(JWAError)
  }

  package init(_ reason: Reason) { self.reason = reason }

  /// A stable name of the reason, for metrics and machines:
  ///
  /// `malformed`, `algorithm_not_allowed`, `unknown_key`, `wrong_type`, `invalid_signature`, `missing_claim`,
  /// `wrong_claim_type`, `expired`, `not_yet_valid`, `issued_in_future`, `wrong_audience`, `wrong_issuer`, `wrong_nonce`;
  /// `keys_unavailable` and `openssl` if the token could not be judged. There may be more.
  public var code: String {
    switch reason {
    case .malformed: "malformed"
    case .algorithmNotAllowed: "algorithm_not_allowed"
    case .unknownKey, .ambiguousKey, .keyMismatch: "unknown_key"
    case .wrongType: "wrong_type"
    case .invalidSignature: "invalid_signature"
    case .missingClaim: "missing_claim"
    case .wrongClaimType, .undecodableClaims: "wrong_claim_type"
    case .expired: "expired"
    case .notYetValid: "not_yet_valid"
    case .issuedInFuture: "issued_in_future"
    case .wrongAudience, .wrongAuthorizedParty: "wrong_audience"
    case .wrongIssuer, .issuerIsNotDestination: "wrong_issuer"
    case .wrongNonce: "wrong_nonce"
    case .keysUnavailable: "keys_unavailable"
    case .failure: "openssl"
    }
  }
}

extension VerificationError {
  package static func malformed(_ error: JWSError) -> Self { Self(.malformed(error)) }
  package static func algorithmNotAllowed(_ algorithm: Algorithm, allowed: [Algorithm]) -> Self {
    Self(.algorithmNotAllowed(algorithm, allowed: allowed))
  }
  package static func unknownKey(keyID: String, known: [String]) -> Self {
    Self(.unknownKey(keyID: keyID, known: known))
  }
  package static func ambiguousKey(keyID: String?, candidates: Int) -> Self {
    Self(.ambiguousKey(keyID: keyID, candidates: candidates))
  }
  package static func keyMismatch(keyID: String?, _ algorithm: Algorithm) -> Self {
    Self(.keyMismatch(keyID: keyID, algorithm))
  }
  package static func wrongType(_ type: String) -> Self { Self(.wrongType(type)) }
  package static func invalidSignature(_ algorithm: Algorithm) -> Self { Self(.invalidSignature(algorithm)) }
  package static func missingClaim(_ name: String) -> Self { Self(.missingClaim(name)) }
  package static func wrongClaimType(_ name: String, expected: String, found: String) -> Self {
    Self(.wrongClaimType(name, expected: expected, found: found))
  }
  package static func undecodableClaims(_ reason: String) -> Self { Self(.undecodableClaims(reason)) }
  package static func expired(at: NumericDate, now: NumericDate, leeway: Int64) -> Self {
    Self(.expired(at: at, now: now, leeway: leeway))
  }
  package static func notYetValid(notBefore: NumericDate, now: NumericDate, leeway: Int64) -> Self {
    Self(.notYetValid(notBefore: notBefore, now: now, leeway: leeway))
  }
  package static func issuedInFuture(at: NumericDate, now: NumericDate, leeway: Int64) -> Self {
    Self(.issuedInFuture(at: at, now: now, leeway: leeway))
  }
  package static func wrongAudience(found: [String], expected: String) -> Self {
    Self(.wrongAudience(found: found, expected: expected))
  }
  package static func wrongAuthorizedParty(found: String, expected: String) -> Self {
    Self(.wrongAuthorizedParty(found: found, expected: expected))
  }
  package static func wrongIssuer(found: String, expected: String) -> Self {
    Self(.wrongIssuer(found: found, expected: expected))
  }
  package static func issuerIsNotDestination(issuer: String, destination: String) -> Self {
    Self(.issuerIsNotDestination(issuer: issuer, destination: destination))
  }
  package static let wrongNonce = Self(.wrongNonce)
  package static func keysUnavailable(_ reason: String) -> Self { Self(.keysUnavailable(reason)) }
  package static func failure(_ error: JWAError) -> Self { Self(.failure(error)) }
}

extension VerificationError: CustomStringConvertible {
  public var description: String {
    switch reason {
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
    case .undecodableClaims(let reason): "the token is valid, but its claims have another shape: \(reason)"
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
    case .wrongAuthorizedParty(let found, let expected):
      "the authorized party (azp) is \(found.shown), expected \(expected.shown)"
    case .wrongIssuer(let found, let expected): "issuer is \(found.shown), expected \(expected.shown)"
    case .issuerIsNotDestination(let issuer, let destination):
      "issuer \(issuer.shown) and destination \(destination.shown) don't name the same shop"
    case .wrongNonce: "the nonce is not the one of the authentication request"
    case .keysUnavailable(let reason): "the issuer's keys can't be fetched: \(reason)"
    case .failure(let error): error.description
    }
  }
}

extension String {
  /// The text, quoted and escaped where it could upset a log: it came from outside.
  fileprivate var shown: String { utf8.allSatisfy(\.isVisibleASCII) && !isEmpty ? self : debugDescription }
}
