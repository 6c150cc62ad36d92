public import JOSECore
public import KeyRotation

/// Why a token can't be minted.
public enum IDTokenError: Error, Sendable, Equatable {
  case invalidShop(String)
  case notMyshopify(String)
  case invalidUser(String)
  case invalidClientID(String)
  case invalidSessionID(String)
  case invalidIssuer(String)
  case invalidLifetime(Int64)
  case invalidTime(NumericDate)
  case registeredClaim(String)
  /// Additional claims that a verifier couldn't read.
  case unreadableClaims(String)
  case unprintableSecret
  case secretInFile(path: String, reason: String)
  case secretFile(SecretFileError)
  /// A token of the OpenID profile was asked of an issuer that has no ring or no URL.
  case noRing
  case ring(KeyRingError)
  case key(JWAError)
  /// The caller's task was cancelled while its token waited to be signed with others.
  case cancelled
}

extension IDTokenError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidShop(let host):
      "\(host.debugDescription) is no host name of a shop; it looks like snow-devil.myshopify.com, without https://"
    case .notMyshopify(let host):
      """
      \(host) is no shop of the Shopify profile: verifiers accept {shop}.myshopify.com only, with two characters or more \
      in {shop} and no dot
      """
    case .invalidUser(let text): "\(text.debugDescription) is no user ID; it is a number, such as 42"
    case .invalidClientID(let text):
      "\(text.debugDescription) is no client ID; it is 1 to 255 visible ASCII characters (RFC 6749 §A.1)"
    case .invalidSessionID(let text):
      "\(text.debugDescription) is no session ID; it is 1 to 255 visible ASCII characters"
    case .invalidIssuer(let text):
      """
      \(text.debugDescription) is no issuer URL; it is an https URL without query and fragment \
      (OpenID Connect Discovery §3), http for this machine's own addresses alone
      """
    case .invalidLifetime(let seconds):
      "a lifetime of \(seconds) s is refused; it is 1 to \(TokenLifetime.longest.seconds) s"
    case .invalidTime(let date): "a token can't be issued at \(date); the time is from 1970 to 9999"
    case .registeredClaim(let name):
      "the claim \(name.debugDescription) is set by the issuer and can't be given"
    case .unreadableClaims(let reason): "the additional claims are refused: \(reason)"
    case .unprintableSecret: "a client secret is visible ASCII, and this one has other bytes"
    case .secretInFile(let path, let reason): "the secret in \(path) is refused: \(reason)"
    case .secretFile(let error): error.description
    case .noRing: "this issuer has no key ring, so it can't mint tokens of the OpenID profile"
    case .ring(let error): error.description
    case .key(let error): error.description
    case .cancelled: "the task was cancelled before its token was signed"
    }
  }
}
