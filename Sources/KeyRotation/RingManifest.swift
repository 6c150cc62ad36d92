import JOSE
import JSON
import JWA

/// The ring's state as JSON: public keys and dates, nothing secret.
enum RingManifest {
  static let version: Int64 = 1

  static func bytes(_ ring: KeyRing) -> [UInt8] {
    let keys = ring.keys.map { key -> JSONValue in
      var object: JSONObject = [
        "kid": .string(key.keyID), "alg": .string(key.algorithm.rawValue),
        "original": .bool(key.isOriginal), "published": .integer(key.publishedAt.secondsSinceEpoch),
      ]
      object["activated"] = key.activatedAt.map { .integer($0.secondsSinceEpoch) }
      object["retired"] = key.retiredAt.map { .integer($0.secondsSinceEpoch) }
      object["jwk"] = .object(key.publicKey.jwkMembers)
      return .object(object)
    }
    let manifest: JSONValue = [
      "version": .integer(version), "epoch": .integer(Int64(ring.epoch)), "keys": .array(keys),
    ]
    return Array((manifest.text(indentation: 2) + "\n").utf8)
  }

  /// Reads a manifest; whatever it doesn't expect is an error, since a ring that is half understood must not sign.
  static func ring(_ bytes: Span<UInt8>, path: String) throws(KeyRingError) -> KeyRing {
    do throws(ManifestError) {
      let object: JSONObject
      do { object = try JSONObject(parsing: bytes, limits: JSONLimits(bytes: 1 << 20)) } catch {
        throw ManifestError("\(error)")
      }
      try object.check(members: ["version", "epoch", "keys"])
      let found = try object.integer("version")
      guard found == version else { throw ManifestError("version \(found); this program knows \(version)") }
      let epoch = try object.integer("epoch")
      guard (1...Int64(KeyRing.lastEpoch)).contains(epoch) else { throw ManifestError("epoch \(epoch)") }
      guard let values = object["keys"]?.array else { throw ManifestError("keys is no array") }
      var ring = KeyRing(epoch: Int(epoch), keys: [])
      for value in values {
        let key = try key(value)
        guard ring[key.keyID] == nil else { throw ManifestError("key \(key.keyID) is there twice") }
        ring.keys.append(key)
      }
      try ring.checkOneActiveKeyForEachAlgorithm()
      return ring
    } catch { throw .manifest(path: path, reason: error.reason) }
  }

  private static func key(_ value: JSONValue) throws(ManifestError) -> RingKey {
    guard let object = value.object, let jwk = object["jwk"]?.object else {
      throw ManifestError("a key has no jwk")
    }
    try object.check(members: ["kid", "alg", "original", "published", "activated", "retired", "jwk"])
    let name = object["alg"]?.string ?? ""
    guard let algorithm = Algorithm(rawValue: name) else {
      throw ManifestError("alg \(name.debugDescription)")
    }
    guard let isOriginal = object["original"]?.bool else { throw ManifestError("original is no boolean") }
    let published = NumericDate(try object.integer("published"))
    var key: RingKey
    do {
      key = try RingKey(PublicJWK(jwk).key, algorithm, isOriginal: isOriginal, publishedAt: published)
    } catch { throw ManifestError("\(error)") }
    guard key.keyID == object["kid"]?.string else {
      throw ManifestError("kid \(object["kid"]?.string ?? "") is not the thumbprint of its key, \(key.keyID)")
    }
    key.activatedAt = try object.optionalDate("activated")
    key.retiredAt = try object.optionalDate("retired")
    return key
  }
}

private struct ManifestError: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

extension JSONObject {
  fileprivate func integer(_ name: String) throws(ManifestError) -> Int64 {
    guard let value = self[name]?.integer else { throw ManifestError("\(name) is missing or no integer") }
    return value
  }

  fileprivate func optionalDate(_ name: String) throws(ManifestError) -> NumericDate? {
    self[name] == nil ? nil : NumericDate(try integer(name))
  }

  fileprivate func check(members known: [String]) throws(ManifestError) {
    if let other = members.first(where: { !known.contains($0.name) }) {
      throw ManifestError("unknown member \(other.name.debugDescription)")
    }
  }
}

extension KeyRing {
  fileprivate func checkOneActiveKeyForEachAlgorithm() throws(ManifestError) {
    guard !algorithms.isEmpty else { throw ManifestError("there is no active key in it") }
    for algorithm in algorithms {
      let count = keys.filter { $0.algorithm == algorithm && $0.state == .active }.count
      guard count == 1 else { throw ManifestError("\(count) active keys for \(algorithm)") }
    }
  }
}
