#if Server
import NIOHTTP1

/// The endpoints, by the label `route` of the metrics.
enum Route: String, CaseIterable, Sendable {
  case token = "/session-token"
  case tokens = "/session-tokens"
  case jwks = "/.well-known/jwks.json"
  case discovery = "/.well-known/openid-configuration"
  case health = "/healthz"
  case readiness = "/readyz"
  case metrics = "/metrics"
  case openAPI = "/openapi.json"
  case page = "/"
  case other

  init(path: String) {
    switch path {
    case "/session-token": self = .token
    case "/.well-known/jwks.json", "/.well-known/jwks-ed448.json": self = .jwks
    default: self = Route(rawValue: path) ?? .other
    }
  }

  /// The value of `Allow` (RFC 9110 §10.2.1).
  var allowed: String {
    switch self {
    case .token, .tokens: "POST"
    default: "GET, HEAD"
    }
  }

  func allows(_ method: HTTPMethod) -> Bool {
    switch self {
    case .token, .tokens: method == .POST
    default: method == .GET || method == .HEAD
    }
  }

  /// Whether it reads a body.
  var takesBody: Bool { self == .token || self == .tokens }

  /// Whether it is answered beyond the limit of concurrent requests, so that operators still see a busy issuer.
  var isAlwaysAnswered: Bool {
    switch self {
    case .health, .readiness, .metrics: true
    default: false
    }
  }
}
#endif
