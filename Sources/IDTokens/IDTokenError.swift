package import JOSECore
package import KeyRotation

/// Why a token can't be minted. `description` says what was wrong and what to do.
public struct IDTokenError: Error, Sendable, Equatable {
  package let reason: Reason

  // Indirect, so that a call that may throw it returns in registers.
  package indirect enum Reason: Sendable, Equatable {
    case invalidShop(String)
    case notMyshopify(String)
    case invalidUser(String)
    case invalidClientID(String)
    case invalidSessionID(String)
    case invalidIssuer(String)
    case invalidSubject(String)
    case noShop
    case noAudience
    case foreignAudience([String], expected: String)
    case noAuthorizedParty
    case foreignAuthorizedParty(String)
    case invalidLifetime(Int64)
    case invalidTime(NumericDate)
    case registeredClaim(String)
    case unreadableClaims(String)
    case unprintableSecret
    case secretInFile(path: String, reason: String)
    case secretFile(SecretFileError)
    case noRing
    case ring(KeyRingError)
    case key(JWAError)
    case signerIsElsewhere
    case signerFailed(String)
    case bufferTooShort(needed: Int, available: Int)
    case cancelled
  }

  private init(_ reason: Reason) { self.reason = reason }

  /// A stable name of the reason, for metrics and machines. There may be more than these:
  ///
  /// `invalid_shop`, `invalid_user`, `invalid_client_id`, `invalid_session_id`, `invalid_issuer`,
  /// `invalid_subject`, `invalid_audience`, `invalid_lifetime`, `invalid_time`, `invalid_claims`,
  /// `invalid_secret`, `secret_file`, `key_ring`, `key`, `signer`, `buffer_too_short`, `cancelled`.
  public var code: String {
    switch reason {
    case .invalidShop, .notMyshopify, .noShop: "invalid_shop"
    case .invalidUser: "invalid_user"
    case .invalidClientID: "invalid_client_id"
    case .invalidSessionID: "invalid_session_id"
    case .invalidIssuer: "invalid_issuer"
    case .invalidSubject: "invalid_subject"
    case .noAudience, .foreignAudience, .noAuthorizedParty, .foreignAuthorizedParty: "invalid_audience"
    case .invalidLifetime: "invalid_lifetime"
    case .invalidTime: "invalid_time"
    case .registeredClaim, .unreadableClaims: "invalid_claims"
    case .unprintableSecret, .secretInFile: "invalid_secret"
    case .secretFile: "secret_file"
    case .noRing, .ring: "key_ring"
    case .key: "key"
    case .signerIsElsewhere, .signerFailed: "signer"
    case .bufferTooShort: "buffer_too_short"
    case .cancelled: "cancelled"
    }
  }
}

extension IDTokenError {
  package static func invalidShop(_ host: String) -> Self { Self(.invalidShop(host)) }
  package static func notMyshopify(_ host: String) -> Self { Self(.notMyshopify(host)) }
  package static func invalidUser(_ text: String) -> Self { Self(.invalidUser(text)) }
  package static func invalidClientID(_ text: String) -> Self { Self(.invalidClientID(text)) }
  package static func invalidSessionID(_ text: String) -> Self { Self(.invalidSessionID(text)) }
  package static func invalidIssuer(_ text: String) -> Self { Self(.invalidIssuer(text)) }
  package static func invalidSubject(_ text: String) -> Self { Self(.invalidSubject(text)) }
  package static let noShop = Self(.noShop)
  package static let noAudience = Self(.noAudience)
  package static func foreignAudience(_ found: [String], expected: String) -> Self {
    Self(.foreignAudience(found, expected: expected))
  }
  package static let noAuthorizedParty = Self(.noAuthorizedParty)
  package static func foreignAuthorizedParty(_ party: String) -> Self { Self(.foreignAuthorizedParty(party)) }
  package static func invalidLifetime(_ seconds: Int64) -> Self { Self(.invalidLifetime(seconds)) }
  package static func invalidTime(_ date: NumericDate) -> Self { Self(.invalidTime(date)) }
  package static func registeredClaim(_ name: String) -> Self { Self(.registeredClaim(name)) }
  package static func unreadableClaims(_ reason: String) -> Self { Self(.unreadableClaims(reason)) }
  package static let unprintableSecret = Self(.unprintableSecret)
  package static func secretInFile(path: String, reason: String) -> Self {
    Self(.secretInFile(path: path, reason: reason))
  }
  package static func secretFile(_ error: SecretFileError) -> Self { Self(.secretFile(error)) }
  package static let noRing = Self(.noRing)
  package static func ring(_ error: KeyRingError) -> Self { Self(.ring(error)) }
  package static func key(_ error: JWAError) -> Self { Self(.key(error)) }
  package static let signerIsElsewhere = Self(.signerIsElsewhere)
  package static func signerFailed(_ reason: String) -> Self { Self(.signerFailed(reason)) }
  package static func bufferTooShort(needed: Int, available: Int) -> Self {
    Self(.bufferTooShort(needed: needed, available: available))
  }
  package static let cancelled = Self(.cancelled)
}

extension IDTokenError: CustomStringConvertible {
  public var description: String {
    switch reason {
    case .invalidShop(let host):
      "\(host.debugDescription) is not the host name of a shop; it looks like snow-devil.myshopify.com, without https://"
    case .notMyshopify(let host):
      "\(host) is not a myshopify.com shop that verifiers accept: {shop}.myshopify.com, with a name of two characters or more"
    case .invalidUser(let text): "\(text.debugDescription) is not a user ID; it is a number, such as 42"
    case .invalidClientID(let text):
      "\(text.debugDescription) is not a client ID; it is 1 to 255 visible ASCII characters (RFC 6749 §A.1)"
    case .invalidSessionID(let text):
      "\(text.debugDescription) is not a session ID; it is 1 to 255 visible ASCII characters"
    case .invalidIssuer(let text):
      """
      \(text.debugDescription) is not an issuer URL; it is an https URL without query and fragment \
      (OpenID Connect Discovery §3), or http on a loopback address
      """
    case .invalidSubject(let text):
      "\(text.debugDescription) is not a subject; it is 1 to 255 printable ASCII characters (OpenID Connect Core §2)"
    case .noShop: "a Shopify token is about a shop, and the content names none"
    case .noAudience: "the content names no audience; give the client ID of the app"
    case .foreignAudience(let found, let expected):
      "this issuer has the secret of \(expected), and the content is for \(found.joined(separator: ", "))"
    case .noAuthorizedParty:
      "the content has several audiences and no authorizedParty (azp, OpenID Connect Core §2)"
    case .foreignAuthorizedParty(let party):
      "the authorizedParty \(party.debugDescription) is not among the audiences"
    case .invalidLifetime(let seconds):
      "a lifetime of \(seconds) s is refused; it is 1 to \(PreparedToken.longestLifetime) whole seconds"
    case .invalidTime(let date): "a token can't be issued at \(date); the time is from 1970 to 9999"
    case .registeredClaim(let name):
      "the claim \(name.debugDescription) is set by the issuer and can't be given"
    case .unreadableClaims(let reason): "the additional claims are refused: \(reason)"
    case .unprintableSecret: "a client secret is visible ASCII, and this one has other bytes"
    case .secretInFile(let path, let reason): "the secret in \(path) is refused: \(reason)"
    case .secretFile(let error): error.description
    case .noRing: "there is no key ring here, and the app's tokens are signed by one"
    case .ring(let error): error.description
    case .key(let error): error.description
    case .signerIsElsewhere: "the key of this issuer is elsewhere and signs asynchronously; use batchedToken"
    case .signerFailed(let reason): "the external signer gave no usable signature: \(reason)"
    case .bufferTooShort(let needed, let available):
      "the buffer has room for \(available), and \(needed) are needed"
    case .cancelled: "the task was cancelled before its token was signed"
    }
  }
}
