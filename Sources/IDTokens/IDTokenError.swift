package import JOSECore
package import KeyRotation

/// Why a token can't be minted. `description` says what was wrong and what to do.
public struct IDTokenError: Error, Sendable, Equatable, CustomStringConvertible {
  package let details: ErrorDetails

  /// A stable name of the reason, for metrics and machines. There may be more than these:
  ///
  /// `invalid_shop`, `invalid_user`, `invalid_client_id`, `invalid_session_id`, `invalid_issuer`,
  /// `invalid_subject`, `invalid_audience`, `invalid_lifetime`, `invalid_time`, `invalid_claims`,
  /// `invalid_secret`, `secret_file`, `key_ring`, `key`, `signer`, `buffer_too_short`, `cancelled`.
  public var code: String { details.code }
  public var description: String { details.description }

  private init(_ code: String, _ description: String, cause: (any Error)? = nil) {
    details = ErrorDetails(code, description, cause: cause)
  }
}

extension IDTokenError {
  package static func invalidShop(_ host: String) -> Self {
    Self(
      "invalid_shop",
      "\(host.debugDescription) is not the host name of a shop; it looks like snow-devil.myshopify.com, without https://"
    )
  }
  package static func notMyshopify(_ host: String) -> Self {
    Self(
      "invalid_shop",
      "\(host) is not a myshopify.com shop that verifiers accept: {shop}.myshopify.com, with a name of two characters or more"
    )
  }
  package static func invalidUser(_ text: String) -> Self {
    Self("invalid_user", "\(text.debugDescription) is not a user ID; it is a number, such as 42")
  }
  package static func invalidClientID(_ text: String) -> Self {
    Self(
      "invalid_client_id",
      "\(text.debugDescription) is not a client ID; it is 1 to 255 visible ASCII characters (RFC 6749 §A.1)")
  }
  package static func invalidSessionID(_ text: String) -> Self {
    Self(
      "invalid_session_id",
      "\(text.debugDescription) is not a session ID; it is 1 to 255 visible ASCII characters")
  }
  package static func invalidIssuer(_ text: String) -> Self {
    Self(
      "invalid_issuer",
      """
      \(text.debugDescription) is not an issuer URL; it is an https URL without query and fragment \
      (OpenID Connect Discovery §3), or http on a loopback address
      """)
  }
  package static func invalidSubject(_ text: String) -> Self {
    Self(
      "invalid_subject",
      "\(text.debugDescription) is not a subject; it is 1 to 255 printable ASCII characters (OpenID Connect Core §2)"
    )
  }
  package static let noShop = Self(
    "invalid_shop", "a Shopify token is about a shop, and the content names none")
  package static let noAudience = Self(
    "invalid_audience", "the content names no audience; give the client ID of the app")
  package static func foreignAudience(_ found: [String], expected: String) -> Self {
    Self(
      "invalid_audience",
      "this issuer has the secret of \(expected), and the content is for \(found.joined(separator: ", "))")
  }
  package static let noAuthorizedParty = Self(
    "invalid_audience",
    "the content has several audiences and no authorizedParty (azp, OpenID Connect Core §2)")
  package static func foreignAuthorizedParty(_ party: String) -> Self {
    Self("invalid_audience", "the authorizedParty \(party.debugDescription) is not among the audiences")
  }
  package static func invalidLifetime(_ seconds: Int64) -> Self {
    Self(
      "invalid_lifetime",
      "a lifetime of \(seconds) s is refused; it is 1 to \(PreparedToken.longestLifetime) whole seconds")
  }
  package static func invalidTime(_ date: NumericDate) -> Self {
    Self("invalid_time", "a token can't be issued at \(date); the time is from 1970 to 9999")
  }
  package static func registeredClaim(_ name: String) -> Self {
    Self("invalid_claims", "the claim \(name.debugDescription) is set by the issuer and can't be given")
  }
  package static func unreadableClaims(_ reason: String) -> Self {
    Self("invalid_claims", "the additional claims are refused: \(reason)")
  }
  package static let unprintableSecret = Self(
    "invalid_secret", "a client secret is visible ASCII, and this one has other bytes")
  package static func secretInFile(path: String, reason: String) -> Self {
    Self("invalid_secret", "the secret in \(path) is refused: \(reason)")
  }
  package static func secretFile(_ error: SecretFileError) -> Self {
    Self("secret_file", error.description, cause: error)
  }
  package static let noRing = Self(
    "key_ring", "there is no key ring here, and the app's tokens are signed by one")
  package static func ring(_ error: KeyRingError) -> Self {
    Self("key_ring", error.description, cause: error)
  }
  package static func key(_ error: JOSEError) -> Self { Self("key", error.description, cause: error) }
  package static let signerIsElsewhere = Self(
    "signer", "the key of this issuer is elsewhere and signs asynchronously; use batchedToken")
  package static func signerFailed(_ reason: String) -> Self {
    Self("signer", "the external signer gave no usable signature: \(reason)")
  }
  package static func bufferTooShort(needed: Int, available: Int) -> Self {
    Self("buffer_too_short", "the buffer has room for \(available), and \(needed) are needed")
  }
  package static let cancelled = Self("cancelled", "the task was cancelled before its token was signed")
}
