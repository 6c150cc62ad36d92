/// Reads members of a JWK, each with an error that names it.
struct JWKReader {
  private let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  func string(_ name: String) throws(JOSEError) -> String {
    guard let text = try optionalString(name) else { throw .missing(name) }
    return text
  }

  func optionalString(_ name: String) throws(JOSEError) -> String? {
    guard let value = object[name] else { return nil }
    guard let text = value.string else {
      throw .wrongType(member: name, found: "\(value.typeName), not a string")
    }
    return text
  }

  func bytes(_ name: String) throws(JOSEError) -> [UInt8] {
    let text = try string(name)
    do { return try Base64URL.decode(text) } catch { throw .encoding(member: name, error) }
  }

  func secret(_ name: String) throws(JOSEError) -> SecretBytes {
    var bytes = try bytes(name)
    return SecretBytes(wiping: &bytes)
  }

  /// A key for encryption, or one that must do none of `operations`, is no key for us (RFC 7517 §4.2, §4.3).
  func checkUse(_ operations: String...) throws(JOSEError) {
    if let use = try optionalString("use"), use != "sig" { throw .unsupported(member: "use", value: use) }
    guard let allowed = object["key_ops"] else { return }
    guard operations.contains(where: { allowed.array?.contains(.string($0)) == true }) else {
      throw .unsupported(member: "key_ops", value: allowed.description)
    }
  }

  func algorithm() throws(JOSEError) -> Algorithm? {
    guard let name = try optionalString("alg") else { return nil }
    guard let algorithm = Algorithm(rawValue: name) else { throw .unsupported(member: "alg", value: name) }
    return algorithm
  }

  func curve<Curve: RawRepresentable<String>>(_: Curve.Type) throws(JOSEError) -> Curve {
    let name = try string("crv")
    guard let curve = Curve(rawValue: name) else { throw .unsupported(member: "crv", value: name) }
    return curve
  }

  func publicComponents(_ type: String) throws(JOSEError) -> PublicKey.Components {
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
