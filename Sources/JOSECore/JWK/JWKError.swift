/// Why JSON was refused as a JWK or JWK Set (RFC 7517).
public enum JWKError: Error, Sendable, Equatable {
  case json(JSONError)
  case missing(String)
  case wrongType(member: String, found: String)
  case encoding(member: String, Base64URLError)
  case unsupported(member: String, value: String)
  /// The kind of JWK that was given is not the kind that was asked for.
  case wrongKind(String)
  case key(JWAError)
}

extension JWKError {
  /// Runs what makes or uses a key, and reports its refusal as this JWK's.
  static func wrapping<Result>(_ body: () throws(JWAError) -> Result) throws(JWKError) -> Result {
    do { return try body() } catch { throw .key(error) }
  }
}

extension JWKError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .json(let error): "the JWK is refused: \(error)"
    case .missing(let member): "the JWK has no \(member)"
    case .wrongType(let member, let found): "the JWK's \(member) is \(found)"
    case .encoding(let member, let error): "the JWK's \(member) is not base64url: \(error)"
    case .unsupported(let member, let value):
      "the JWK's \(member) is \(value.debugDescription), which is not supported"
    case .wrongKind(let reason): reason
    case .key(let error): "the JWK is refused: \(error)"
    }
  }
}
