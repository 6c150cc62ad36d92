/// A JWK that holds a public key (RFC 7517 §4): what may be published. There is no way to put a secret into one.
package struct PublicJWK: Sendable, Hashable {
  package let key: PublicKey
  package let keyID: String?
  /// The one algorithm this key is for, where the JWK says so.
  package let algorithm: Algorithm?

  /// - Parameter keyID: its RFC 7638 thumbprint if left out.
  package init(_ key: PublicKey, algorithm: Algorithm? = nil, keyID: String? = nil) throws(JOSEError) {
    try Self.check(algorithm, key)
    self.key = key
    self.algorithm = algorithm
    if let keyID { self.keyID = keyID } else { self.keyID = try key.thumbprint() }
  }

  private static func check(_ algorithm: Algorithm?, _ key: PublicKey) throws(JOSEError) {
    guard let algorithm else { return }
    do { _ = try VerificationKey(algorithm, key) } catch { throw .jwk(error) }
  }

  package var json: JSONObject {
    var object = key.jwkMembers
    object["use"] = "sig"
    object["alg"] = algorithm.map { .string($0.rawValue) }
    object["kid"] = keyID.map { .string($0) }
    return object
  }
}

extension PublicJWK {
  /// Reads a public JWK. One with private parameters is refused: its sender has leaked a key and must hear of it.
  package init(_ object: JSONObject) throws(JOSEError) {
    let reader = JWKReader(object)
    let type = try reader.string("kty")
    try reader.checkUse("verify")
    guard type != "oct", !Self.privateMembers.contains(where: { object[$0] != nil }) else {
      throw .wrongKind("a public key is expected, and this JWK holds a private or symmetric one")
    }
    let components = try reader.publicComponents(type)
    let key: PublicKey
    do { key = try PublicKey(components) } catch { throw .jwk(error) }
    let algorithm = try reader.algorithm()
    let keyID = try reader.optionalString("kid")
    try Self.check(algorithm, key)
    (self.key, self.algorithm, self.keyID) = (key, algorithm, keyID)
  }

  fileprivate init(member value: JSONValue) throws(JOSEError) {
    guard let object = value.object else {
      throw .wrongType(member: "keys", found: "a list with \(value.typeName)")
    }
    try self.init(object)
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
  public func thumbprint() throws(JOSEError) -> String {
    var sorted = JSONObject()
    for member in jwkMembers.members.sorted(by: { $0.name < $1.name }) { sorted[member.name] = member.value }
    var writer = JSONWriter()
    writer.write(sorted)
    let bytes = writer.bytes
    let hash = try MessageDigest.sha256.hash(bytes.span)
    return Base64URL.encode(hash.span)
  }
}

/// A JWK Set of public keys (RFC 7517 §5).
public struct JWKSet: Sendable {
  package let keys: [PublicJWK]
  /// Why keys of a set that was read are not in `keys`, in their order.
  public let skipped: [JOSEError]

  package init(_ keys: [PublicJWK]) {
    self.keys = keys
    skipped = []
  }

  /// Reads a set from outside. Keys that aren't understood are left out rather than the whole set refused (§5), so
  /// that an issuer can add a new key type without breaking older readers.
  public init(parsing bytes: Span<UInt8>) throws(JOSEError) {
    let object: JSONObject
    do { object = try JSONObject(parsing: bytes, maximumLength: 1 << 20) } catch {
      throw .jwk(error)
    }
    guard let values = object["keys"] else { throw .missing("keys") }
    guard let values = values.array else {
      throw .wrongType(member: "keys", found: "\(values.typeName), not an array")
    }
    var (keys, skipped): ([PublicJWK], [JOSEError]) = ([], [])
    for value in values {
      do { keys.append(try PublicJWK(member: value)) } catch { skipped.append(error) }
    }
    (self.keys, self.skipped) = (keys, skipped)
  }

  public var json: JSONObject { ["keys": .array(keys.map { .object($0.json) })] }

  /// The set as it is served, as `application/jwk-set+json`.
  public var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.write(json)
    return writer.bytes
  }

  package subscript(keyID: String) -> PublicJWK? { keys.first { $0.isNamed(keyID) } }

  /// The keys that may check a token with this header: by `kid` where it names one, else those its algorithm can use.
  package func candidates(for header: JWSHeader) -> [PublicJWK] {
    keys.filter { key in
      if let keyID = header.keyID, !key.isNamed(keyID) { return false }
      return key.allows(header.algorithm)
    }
  }
}

extension PublicJWK {
  /// RFC 7515 §5.3: names are compared without normalisation, which Swift's `==` on strings does.
  fileprivate func isNamed(_ name: String) -> Bool { keyID?.utf8.elementsEqual(name.utf8) == true }

  /// Whether a token may use this key with an algorithm (RFC 8725 §3.1). EdDSA and its fully specified name are the
  /// same algorithm on the same curve (RFC 9864 §2.2), so a key under one name checks tokens under the other.
  package func allows(_ algorithm: Algorithm) -> Bool {
    guard (try? VerificationKey(algorithm, key)) != nil else { return false }
    guard let own = self.algorithm, own != algorithm else { return true }
    if case .okp = key.kind { return true }
    return false
  }
}
