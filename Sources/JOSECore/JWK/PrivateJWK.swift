/// A JWK that holds a private or symmetric key. It can be read and used, never written: to publish a key, take its
/// `publicJWK`, which a symmetric key doesn't have.
package struct PrivateJWK: Sendable {
  package let material: Material
  package let keyID: String?
  package let algorithm: Algorithm?

  package enum Material: Sendable {
    case privateKey(PrivateKey)
    case secret(SecretBytes)
  }

  package init(_ object: JSONObject) throws(JOSEError) {
    let reader = JWKReader(object)
    material = try Self.material(reader, object)
    keyID = try reader.optionalString("kid")
    algorithm = try reader.algorithm()
    if algorithm != nil { _ = try signingKey() }
  }

  package var publicJWK: PublicJWK? {
    get throws(JOSEError) {
      guard case .privateKey(let key) = material else { return nil }
      return try PublicJWK(key.publicKey, algorithm: algorithm, keyID: keyID)
    }
  }

  /// The key for signing with `algorithm`, or with the one the JWK names.
  package func signingKey(_ requested: Algorithm? = nil) throws(JOSEError) -> SigningKey {
    guard let algorithm = requested ?? algorithm else { throw .missing("alg") }
    if let named = self.algorithm, named != algorithm {
      throw .wrongKind("the JWK is for \(named), and \(algorithm) is asked of it")
    }
    do {
      switch material {
      case .privateKey(let key): return try SigningKey(algorithm, key)
      case .secret(let secret): return try SigningKey(algorithm, secret: secret)
      }
    } catch { throw .jwk(error) }
  }
}

extension PrivateJWK {
  private static func material(_ reader: JWKReader, _ object: JSONObject) throws(JOSEError) -> Material {
    let type = try reader.string("kty")
    if type == "oct" {
      try reader.checkUse("sign", "verify")
      return .secret(try reader.secret("k"))
    }
    try reader.checkUse("sign")
    let components = try reader.publicComponents(type)
    guard object["d"] != nil else {
      throw .wrongKind("a private key is expected, and this JWK holds a public one")
    }
    let d = try reader.secret("d")
    guard object["oth"] == nil else { throw .unsupported(member: "oth", value: "more than two primes") }
    let primes = try primes(reader, object)
    do {
      switch components {
      case .ec(let curve, let x, let y): return .privateKey(try PrivateKey(curve: curve, x: x, y: y, d: d))
      case .okp(let curve, let x): return .privateKey(try PrivateKey(curve: curve, x: x, d: d))
      case .rsa(let n, let e):
        return .privateKey(try PrivateKey(rsa: .init(n: n, e: e, d: d, primes: primes)))
      }
    } catch { throw .jwk(error) }
  }

  /// RFC 7518 §6.3.2: all of them or none.
  private static func primes(
    _ reader: JWKReader, _ object: JSONObject
  ) throws(JOSEError) -> PrivateKey.RSAParameters.Primes? {
    guard ["p", "q", "dp", "dq", "qi"].contains(where: { object[$0] != nil }) else { return nil }
    return .init(
      p: try reader.secret("p"), q: try reader.secret("q"), dp: try reader.secret("dp"),
      dq: try reader.secret("dq"), qi: try reader.secret("qi"))
  }
}

extension PrivateJWK: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "PrivateJWK(kid: \(keyID ?? "none"), <redacted>)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
