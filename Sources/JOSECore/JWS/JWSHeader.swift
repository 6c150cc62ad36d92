/// The JOSE header of a JWS (RFC 7515 §4), as far as it decides anything.
///
/// `jku`, `jwk`, `x5u` and `x5c` are read by nobody: a token doesn't bring the key that checks it (RFC 8725 §3.10).
public struct JWSHeader: Sendable, Hashable {
  public var algorithm: Algorithm
  public var keyID: String?
  public var type: String?

  public init(algorithm: Algorithm, keyID: String? = nil, type: String? = "JWT") {
    (self.algorithm, self.keyID, self.type) = (algorithm, keyID, type)
  }

  /// The header as it is signed: `alg`, `typ`, `kid`, in this order and without white space. One verifier in the field
  /// compares the encoded bytes of `{"alg":"HS256","typ":"JWT"}`.
  public var json: JSONObject {
    var object: JSONObject = ["alg": .string(algorithm.rawValue)]
    object["typ"] = type.map { .string($0) }
    object["kid"] = keyID.map { .string($0) }
    return object
  }
}

extension JWSHeader {
  /// Reads a header that came from outside.
  public init(_ object: JSONObject) throws(JWSError) {
    guard let name = object["alg"] else { throw .header("it has no alg (RFC 7515 §4.1.1)") }
    guard let name = name.string else { throw .header("alg is \(name.typeName), not a string") }
    guard let algorithm = Algorithm(rawValue: name) else { throw .unsupportedAlgorithm(name) }
    // RFC 7515 §4.1.11: an extension that isn't understood makes the token invalid, and this implements none.
    if let critical = object["crit"] { throw .criticalHeader(critical.description) }
    self.algorithm = algorithm
    keyID = try object.text("kid")
    type = try object.text("typ")
  }
}

extension JSONObject {
  fileprivate func text(_ name: String) throws(JWSError) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string else { throw .header("\(name) is \(value.typeName), not a string") }
    return text
  }
}
