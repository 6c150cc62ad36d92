/// Reads members of a JWK, each with an error that names it.
struct JWKReader {
  private let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  func string(_ name: String) throws(JWKError) -> String {
    guard let text = try optionalString(name) else { throw .missing(name) }
    return text
  }

  func optionalString(_ name: String) throws(JWKError) -> String? {
    guard let value = object[name] else { return nil }
    guard let text = value.string else {
      throw .wrongType(member: name, found: "\(value.typeName), not a string")
    }
    return text
  }

  func bytes(_ name: String) throws(JWKError) -> [UInt8] {
    let text = try string(name)
    do { return try Base64URL.decode(text) } catch { throw .encoding(member: name, error) }
  }

  func secret(_ name: String) throws(JWKError) -> SecretBytes {
    var bytes = try bytes(name)
    return SecretBytes(wiping: &bytes)
  }

  /// A key for encryption, or one that must do none of `operations`, is no key for us (RFC 7517 §4.2, §4.3).
  func checkUse(_ operations: String...) throws(JWKError) {
    if let use = try optionalString("use"), use != "sig" { throw .unsupported(member: "use", value: use) }
    guard let allowed = object["key_ops"] else { return }
    guard operations.contains(where: { allowed.array?.contains(.string($0)) == true }) else {
      throw .unsupported(member: "key_ops", value: allowed.description)
    }
  }

  func algorithm() throws(JWKError) -> Algorithm? {
    guard let name = try optionalString("alg") else { return nil }
    guard let algorithm = Algorithm(rawValue: name) else { throw .unsupported(member: "alg", value: name) }
    return algorithm
  }

  func curve<Curve: RawRepresentable<String>>(_: Curve.Type) throws(JWKError) -> Curve {
    let name = try string("crv")
    guard let curve = Curve(rawValue: name) else { throw .unsupported(member: "crv", value: name) }
    return curve
  }

  func publicComponents(_ type: String) throws(JWKError) -> PublicKey.Components {
    // Swift takes U+212A (kelvin sign) for a K; RFC 7515 §5.3 does not.
    guard type.utf8.allSatisfy({ $0 < 0x80 }) else { throw .unsupported(member: "kty", value: type) }
    return switch type {
    case "RSA": .rsa(n: try bytes("n"), e: try bytes("e"))
    case "EC": .ec(try curve(KeyKind.EllipticCurve.self), x: try bytes("x"), y: try bytes("y"))
    case "OKP": .okp(try curve(KeyKind.EdwardsCurve.self), x: try bytes("x"))
    default: throw .unsupported(member: "kty", value: type)
    }
  }
}

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
