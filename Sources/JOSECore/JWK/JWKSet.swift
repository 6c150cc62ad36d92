/// A JWK Set of public keys (RFC 7517 §5).
public struct JWKSet: Sendable {
  public let keys: [PublicJWK]
  /// Why keys of a set that was read are not in `keys`, in their order.
  public let skipped: [JWKError]

  public init(_ keys: [PublicJWK]) {
    self.keys = keys
    skipped = []
  }

  /// Reads a set from outside. Keys that aren't understood are left out rather than the whole set refused (§5), so
  /// that an issuer can add a new key type without breaking those who read this one.
  public init(parsing bytes: Span<UInt8>) throws(JWKError) {
    let object: JSONObject
    do { object = try JSONObject(parsing: bytes, limits: JSONLimits(bytes: 1 << 20)) } catch {
      throw .json(error)
    }
    guard let values = object["keys"] else { throw .missing("keys") }
    guard let values = values.array else {
      throw .wrongType(member: "keys", found: "\(values.typeName), not an array")
    }
    var (keys, skipped): ([PublicJWK], [JWKError]) = ([], [])
    for value in values {
      do throws(JWKError) {
        guard let member = value.object else {
          throw .wrongType(member: "keys", found: "a list with \(value.typeName)")
        }
        keys.append(try PublicJWK(member))
      } catch { skipped.append(error) }
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

  public subscript(keyID: String) -> PublicJWK? { keys.first { $0.isNamed(keyID) } }

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
