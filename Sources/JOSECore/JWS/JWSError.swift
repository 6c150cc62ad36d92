/// Why text was refused as a JWS, before any key was tried.
public enum JWSError: Error, Sendable, Equatable {
  case tooLong(bytes: Int, limit: Int)
  case parts(Int)
  case encoding(part: String, Base64URLError)
  case json(part: String, JSONError)
  case header(String)
  case unsupportedAlgorithm(String)
  case criticalHeader(String)
}

extension JWSError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let bytes, let limit): "the token has \(bytes) bytes; \(limit) is the most"
    case .parts(let count): "a compact JWS has 3 parts between dots, this has \(count) (RFC 7515 §7.1)"
    case .encoding(let part, let error): "the token's \(part) is not base64url: \(error)"
    case .json(let part, let error): "the token's \(part) is refused: \(error)"
    case .header(let reason): "the token's header is refused: \(reason)"
    case .unsupportedAlgorithm("none"):
      "the token is unsecured (alg none), which is never accepted (RFC 8725 §3.2)"
    case .unsupportedAlgorithm(let name): "alg \(name.debugDescription) is not supported"
    case .criticalHeader(let names):
      "the header has crit \(names), and no such extension is understood (RFC 7515 §4.1.11)"
    }
  }
}
