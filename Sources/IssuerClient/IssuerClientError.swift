#if Client
package import JOSECore
import SystemSupport

/// Why a client of an issuer could not be made, or got nothing from the issuer that it can use.
public struct IssuerClientError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of error. It stays the same between versions; new kinds may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// The text is no URL of an issuer.
    public static let invalidURL = Code(description: "invalid_url")
    /// The credential can't be read, or can't stand in a header.
    public static let invalidCredential = Code(description: "invalid_credential")
    /// There is no connection, or it broke twice.
    public static let unreachable = Code(description: "unreachable")
    public static let deadlineExceeded = Code(description: "deadline_exceeded")
    public static let cancelled = Code(description: "cancelled")
    /// The issuer answered with an error, as `refusal` says. Redirects are errors too: they are not followed.
    public static let refused = Code(description: "refused")
    public static let answerTooLarge = Code(description: "answer_too_large")
    public static let malformedAnswer = Code(description: "malformed_answer")
    /// The token had expired when it arrived: a cache answered, or the clocks differ.
    public static let tokenExpired = Code(description: "token_expired")
    /// A number of the session is larger than the protocol's integers.
    public static let outOfRange = Code(description: "out_of_range")
    /// The issuer has not confirmed the keys for so long that they must not be used.
    public static let keysTooOld = Code(description: "keys_too_old")
  }

  public let code: Code
  /// The issuer's answer, where the code is `refused`.
  public let refusal: IssuerRefusal?
  public let description: String

  private init(_ code: Code, _ description: String, refusal: IssuerRefusal? = nil) {
    (self.code, self.description, self.refusal) = (code, description, refusal)
  }
}

extension IssuerClientError {
  package static func invalidURL(_ text: String) -> Self {
    Self(
      .invalidURL,
      """
      \(text.debugDescription) is not the URL of an issuer. Give an https URL, or an http URL of this machine \
      (localhost, 127.0.0.1, [::1]), without user and fragment
      """)
  }

  /// - Parameter reason: what is wrong with the credential; never the credential.
  package static func invalidCredential(reason: String) -> Self {
    Self(.invalidCredential, "the credential for the issuer can't be used: \(reason)")
  }

  package static func unreachable(reason: String) -> Self {
    Self(.unreachable, "the issuer can't be reached: \(reason)")
  }

  package static func deadlineExceeded(_ duration: Duration) -> Self {
    Self(.deadlineExceeded, "the issuer did not answer within \(duration)")
  }

  package static let cancelled = Self(.cancelled, "the request to the issuer was cancelled")

  package static func refused(_ refusal: IssuerRefusal) -> Self {
    Self(.refused, "the issuer answered \(refusal)", refusal: refusal)
  }

  package static func answerTooLarge(limit: Int) -> Self {
    Self(.answerTooLarge, "the issuer's answer is larger than \(limit) bytes")
  }

  package static func malformedAnswer(reason: String) -> Self {
    Self(.malformedAnswer, "the issuer's answer can't be understood: \(reason)")
  }

  package static func tokenExpired(at date: NumericDate, now: NumericDate) -> Self {
    Self(
      .tokenExpired,
      "the issuer's token expired at \(date), and it is \(now). Check the clocks and caches between")
  }

  package static func outOfRange(member: String) -> Self {
    Self(.outOfRange, "\(member) is larger than 2^63 - 1, the largest number that can be sent to an issuer")
  }

  package static func keysTooOld(age: Duration, limit: Duration) -> Self {
    let (age, limit) = (age.components.seconds, limit.components.seconds)
    return Self(
      .keysTooOld,
      """
      the issuer last confirmed its keys \(DurationFormat.text(age)) ago. Without confirmation they are used for \
      \(DurationFormat.text(limit)) at most
      """)
  }
}

/// An issuer's error response (RFC 6749 §5.2), or what could be read of it.
public struct IssuerRefusal: Sendable, Equatable {
  /// The HTTP status.
  public let status: Int
  /// `error`, such as `access_denied`: printable ASCII, 64 characters at most.
  public let error: String?
  /// `error_description`: printable ASCII, 256 characters at most.
  public let errorDescription: String?
  /// `Retry-After` in seconds.
  public let retryAfter: Int?

  package init(status: Int, error: String? = nil, errorDescription: String? = nil, retryAfter: Int? = nil) {
    (self.status, self.error) = (status, error)
    (self.errorDescription, self.retryAfter) = (errorDescription, retryAfter)
  }
}

extension IssuerRefusal: CustomStringConvertible {
  public var description: String {
    var text = "\(status)"
    if let error { text += " \(error)" }
    if let errorDescription { text += ": \(errorDescription)" }
    if let retryAfter { text += " (retry after \(retryAfter) s)" }
    return text
  }
}
#endif
