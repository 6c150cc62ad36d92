#if Server
import JOSECore
import NIOHTTP1

/// Why a request is refused: what the client gets, and what the log gets.
struct Refusal: Error {
  /// `error` of RFC 6749 §5.2, and of RFC 8628 §3.5 for `slow_down`.
  enum Code: String {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case accessDenied = "access_denied"
    case slowDown = "slow_down"
    case serverError = "server_error"
    case temporarilyUnavailable = "temporarily_unavailable"
  }

  let status: HTTPResponseStatus
  let code: Code
  let reason: RefusalReason
  /// For the client. It has nothing internal and repeats nothing that could be secret.
  let description: String
  /// For the log only.
  var detail: String?
  /// Seconds.
  var retryAfter: Int?
  var fields: Answer.Fields = []
  /// Whether the connection is closed without reading the rest of the request.
  var closesConnection = false

  init(
    _ status: HTTPResponseStatus, _ code: Code, _ reason: RefusalReason, _ description: String,
    detail: String? = nil, retryAfter: Int? = nil
  ) {
    (self.status, self.code, self.reason) = (status, code, reason)
    (self.description, self.detail, self.retryAfter) = (description, detail, retryAfter)
  }

  static func invalidRequest(_ description: String) -> Refusal {
    Refusal(.badRequest, .invalidRequest, .invalidRequest, description)
  }
}

/// The label `reason` of the refusals' metric.
package enum RefusalReason: String, CaseIterable, Sendable {
  case notPermitted = "not_permitted"
  case invalidRequest = "invalid_request"
  case invalidClient = "invalid_client"
  case accessDenied = "access_denied"
  case slowDown = "slow_down"
  case overloaded
  case serverError = "server_error"
  case staleRing = "stale_ring"
}

extension Refusal {
  /// `{"error": …, "error_description": …}`.
  var json: JSONObject {
    ["error": .string(code.rawValue), "error_description": .string(description.inDescription)]
  }
}

extension String {
  /// At most 300 characters, with those replaced that an `error_description` may not have (RFC 6749 §5.2: ASCII without
  /// quotes and backslashes).
  var inDescription: String {
    // Nearly all are so already, and a refusal must not cost more than a token.
    if utf8.count <= 300, utf8.allSatisfy({ (0x20...0x7e).contains($0) && $0 != 0x22 && $0 != 0x5c }) {
      return self
    }
    let text = prefix(300).unicodeScalars.map { scalar -> Character in
      switch scalar.value {
      case 0x22: "'"
      case 0x20...0x7e where scalar.value != 0x5c: Character(scalar)
      default: "?"
      }
    }
    return String(text)
  }
}
#endif
