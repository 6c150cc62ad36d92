/// A JWK that holds a public key (RFC 7517 §4): what may be published. There is no way to put a secret into one.
public struct PublicJWK: Sendable, Hashable {
  public let key: PublicKey
  public let keyID: String?
  /// The one algorithm this key is for, where the JWK says so.
  public let algorithm: Algorithm?

  /// - Parameter keyID: its RFC 7638 thumbprint if left out.
  public init(_ key: PublicKey, algorithm: Algorithm? = nil, keyID: String? = nil) throws(JWKError) {
    try Self.check(algorithm, key)
    self.key = key
    self.algorithm = algorithm
    if let keyID { self.keyID = keyID } else { self.keyID = try key.thumbprint() }
  }

  private static func check(_ algorithm: Algorithm?, _ key: PublicKey) throws(JWKError) {
    guard let algorithm else { return }
    _ = try JWKError.wrapping { () throws(JWAError) in try VerificationKey(algorithm, key) }
  }

  public var json: JSONObject {
    var object = key.jwkMembers
    object["use"] = "sig"
    object["alg"] = algorithm.map { .string($0.rawValue) }
    object["kid"] = keyID.map { .string($0) }
    return object
  }
}

extension PublicJWK {
  /// Reads a public JWK. One with private parameters is refused: whoever sent it has leaked a key and must hear of it.
  public init(_ object: JSONObject) throws(JWKError) {
    let reader = JWKReader(object)
    let type = try reader.string("kty")
    try reader.checkUse("verify")
    guard type != "oct", !Self.privateMembers.contains(where: { object[$0] != nil }) else {
      throw .wrongKind("a public key is expected, and this JWK holds a private or symmetric one")
    }
    let components = try reader.publicComponents(type)
    let key = try JWKError.wrapping { () throws(JWAError) in try PublicKey(components) }
    (self.key, algorithm) = (key, try reader.algorithm())
    keyID = try reader.optionalString("kid")
    try Self.check(algorithm, key)
  }

  /// RFC 7518 §6.2.2, §6.3.2 and §6.4: one prime gives the whole RSA key away.
  private static let privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]
}

extension PublicKey {
  /// The members that make the key what it is: `kty`, `crv` and the public parameters.
  package var jwkMembers: JSONObject {
    switch components {
    case .rsa(let n, let e):
      ["kty": "RSA", "n": .string(Base64URL.encode(n.span)), "e": .string(Base64URL.encode(e.span))]
    case .ec(let curve, let x, let y):
      [
        "kty": "EC", "crv": .string(curve.rawValue), "x": .string(Base64URL.encode(x.span)),
        "y": .string(Base64URL.encode(y.span)),
      ]
    case .okp(let curve, let x):
      ["kty": "OKP", "crv": .string(curve.rawValue), "x": .string(Base64URL.encode(x.span))]
    }
  }

  /// The RFC 7638 thumbprint with SHA-256: the required members in lexicographic order, hashed, in base64url.
  public func thumbprint() throws(JWKError) -> String {
    var sorted = JSONObject()
    for member in jwkMembers.members.sorted(by: { $0.name < $1.name }) { sorted[member.name] = member.value }
    var writer = JSONWriter()
    writer.write(sorted)
    let bytes = writer.bytes
    let hash = try JWKError.wrapping { () throws(JWAError) in try MessageDigest.sha256.hash(bytes.span) }
    return Base64URL.encode(hash.span)
  }
}
