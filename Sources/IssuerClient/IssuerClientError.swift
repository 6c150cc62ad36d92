#if Client
public import JOSECore

/// Why an issuer's answer could not be had, or not be used.
public enum IssuerClientError: Error, Sendable, Equatable {
  /// No connection, or one that broke, twice.
  case unreachable(reason: String)
  case deadlineExceeded(Duration)
  case cancelled
  /// The issuer answered something else than what was asked for. Redirects come here too: they are not followed.
  case refused(IssuerRefusal)
  case answerTooLarge(limit: Int)
  case malformedAnswer(reason: String)
  /// A token that is dead on arrival: some cache answered, or the clocks are far apart.
  case tokenExpired(at: NumericDate, now: NumericDate)
  /// A number of the session that the protocol's integers can't say.
  case outOfRange(member: String)
  /// The keys have not been confirmed for so long that nothing may be verified by them.
  case keysTooOld(age: Duration, limit: Duration)
}

/// An answer in the form of RFC 6749 §5.2, or what there was of it.
public struct IssuerRefusal: Sendable, Equatable {
  public let status: Int
  /// `error`, such as `access_denied`: printable ASCII, 64 characters at most.
  public let error: String?
  /// `error_description`: printable ASCII, 256 characters at most.
  public let errorDescription: String?
  /// `Retry-After` in seconds.
  public let retryAfter: Int?
}

extension IssuerRefusal: CustomStringConvertible {
  public var description: String {
    var text = "\(status)"
    if let error { text += " \(error)" }
    if let errorDescription { text += ": \(errorDescription)" }
    if let retryAfter { text += " (again after \(retryAfter) s)" }
    return text
  }
}

extension IssuerClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let reason): "the issuer can't be reached: \(reason)"
    case .deadlineExceeded(let duration): "the issuer did not answer within \(duration)"
    case .cancelled: "the request to the issuer was cancelled"
    case .refused(let refusal): "the issuer answered \(refusal)"
    case .answerTooLarge(let limit): "the issuer's answer is larger than \(limit) bytes"
    case .malformedAnswer(let reason): "the issuer's answer makes no sense: \(reason)"
    case .tokenExpired(let date, let now): "the issuer's token expired at \(date), and now is \(now)"
    case .outOfRange(let member): "\(member) is greater than an issuer can be told (2^63 - 1)"
    case .keysTooOld(let age, let limit):
      "the issuer's keys were last confirmed \(age) ago, and are good for \(limit) without it"
    }
  }
}
#endif
