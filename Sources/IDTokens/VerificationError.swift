package import JOSECore

/// Why a token does not verify. `description` says it with what was found and expected.
public struct VerificationError: Error, Sendable, Equatable, CustomStringConvertible {
  package let details: ErrorDetails

  /// A stable name of the reason, for metrics and machines:
  ///
  /// `malformed`, `algorithm_not_allowed`, `unknown_key`, `wrong_type`, `invalid_signature`, `missing_claim`,
  /// `wrong_claim_type`, `expired`, `not_yet_valid`, `issued_in_future`, `wrong_audience`, `wrong_issuer`, `wrong_nonce`;
  /// `keys_unavailable` and `openssl` if the token could not be judged. There may be more.
  public var code: String { details.code }
  public var description: String { details.description }

  private init(_ code: String, _ description: String) { details = ErrorDetails(code, description) }
}

extension VerificationError {
  package static func malformed(_ error: JOSEError) -> Self { Self("malformed", error.description) }
  package static func algorithmNotAllowed(_ algorithm: Algorithm, allowed: [Algorithm]) -> Self {
    Self(
      "algorithm_not_allowed",
      "the token is signed with \(algorithm); accepted here: \(allowed.map(\.rawValue).joined(separator: ", "))"
    )
  }
  package static func unknownKey(keyID: String, known: [String]) -> Self {
    Self(
      "unknown_key",
      "key \(keyID.debugDescription) is not in the set, which holds \(known.isEmpty ? "none" : known.joined(separator: ", "))"
    )
  }
  /// No key or more than one could be meant: the token has no `kid`, or the set has it twice.
  package static func ambiguousKey(keyID: String?, candidates: Int) -> Self {
    guard let keyID else {
      return Self(
        "unknown_key", "the token names no key (kid), and \(candidates) keys of the set could be meant")
    }
    return Self("unknown_key", "\(candidates) keys of the set are named \(keyID.debugDescription)")
  }
  package static func keyMismatch(keyID: String?, _ algorithm: Algorithm) -> Self {
    Self("unknown_key", "key \(keyID ?? "without kid") is not for \(algorithm)")
  }
  package static func wrongType(_ type: String) -> Self {
    Self("wrong_type", "typ is \(type.debugDescription), not JWT: this is no ID token (RFC 8725 §3.11)")
  }
  package static func invalidSignature(_ algorithm: Algorithm) -> Self {
    Self("invalid_signature", "the \(algorithm) signature is not valid for this token and key")
  }
  package static func missingClaim(_ name: String) -> Self {
    Self("missing_claim", "the claim \(name) is missing")
  }
  package static func wrongClaimType(_ name: String, expected: String, found: String) -> Self {
    Self("wrong_claim_type", "the claim \(name) is \(found), not \(expected)")
  }
  package static func undecodableClaims(_ reason: String) -> Self {
    Self("wrong_claim_type", "the token is valid, but its claims have another shape: \(reason)")
  }
  package static func expired(at: NumericDate, now: NumericDate, leeway: Int64) -> Self {
    Self(
      "expired",
      """
      expired at \(at), \(now.reduced(by: leeway).seconds(since: at)) s before now − leeway \
      (now \(now), leeway \(leeway) s)
      """)
  }
  package static func notYetValid(notBefore: NumericDate, now: NumericDate, leeway: Int64) -> Self {
    Self(
      "not_yet_valid",
      """
      not valid before \(notBefore), \(notBefore.seconds(since: now.advanced(by: leeway))) s after now + leeway \
      (now \(now), leeway \(leeway) s)
      """)
  }
  package static func issuedInFuture(at: NumericDate, now: NumericDate, leeway: Int64) -> Self {
    Self(
      "issued_in_future",
      """
      issued at \(at), \(at.seconds(since: now.advanced(by: leeway))) s after now + leeway \
      (now \(now), leeway \(leeway) s)
      """)
  }
  package static func wrongAudience(found: [String], expected: String) -> Self {
    Self(
      "wrong_audience",
      "audience is \(found.map(\.shown).joined(separator: ", ")), expected \(expected.shown)")
  }
  package static func wrongAuthorizedParty(found: String, expected: String) -> Self {
    Self("wrong_audience", "the authorized party (azp) is \(found.shown), expected \(expected.shown)")
  }
  package static func wrongIssuer(found: String, expected: String) -> Self {
    Self("wrong_issuer", "issuer is \(found.shown), expected \(expected.shown)")
  }
  package static func issuerIsNotDestination(issuer: String, destination: String) -> Self {
    Self(
      "wrong_issuer", "issuer \(issuer.shown) and destination \(destination.shown) don't name the same shop")
  }
  package static let wrongNonce = Self(
    "wrong_nonce", "the nonce is not the one of the authentication request")
  package static func keysUnavailable(_ reason: String) -> Self {
    Self("keys_unavailable", "the issuer's keys can't be fetched: \(reason)")
  }
  package static func failure(_ error: JOSEError) -> Self { Self("cryptography", error.description) }
}

extension String {
  /// The text, quoted and escaped where it could upset a log: it came from outside.
  fileprivate var shown: String { utf8.allSatisfy(\.isVisibleASCII) && !isEmpty ? self : debugDescription }
}
