import JOSE
import JSON
import JWA

/// The ring's state as JSON: policy, public keys and dates, nothing secret; and the latest entry of the audit log.
struct RingManifest {
  static let version: Int64 = 1

  let ring: KeyRing
  let latest: AuditEntry?

  init(ring: KeyRing, latest: AuditEntry?) { (self.ring, self.latest) = (ring, latest) }

  var bytes: [UInt8] {
    var manifest: JSONObject = [
      "version": .integer(Self.version), "epoch": .integer(Int64(ring.epoch)),
      "policy": .object(ring.policy.json),
      "inherited": [
        "propagation": .integer(ring.inheritedPropagation),
        "until": .integer(ring.inheritedUntil.secondsSinceEpoch),
      ],
      "keys": .array(ring.keys.map { .object($0.manifest) }),
    ]
    manifest["changed"] = ring.changedAt.map { .integer($0.secondsSinceEpoch) }
    manifest["setBackFrom"] = ring.setBackFrom.map { .integer($0.secondsSinceEpoch) }
    manifest["audit"] = latest.map { .object($0.json) }
    return Array((JSONValue.object(manifest).text(indentation: 2) + "\n").utf8)
  }

  /// Reads a manifest; whatever it doesn't expect is an error, since a ring that is half understood must not sign.
  init(_ bytes: Span<UInt8>, path: String) throws(KeyRingError) {
    let object: JSONObject
    do { object = try JSONObject(parsing: bytes, limits: JSONLimits(bytes: 1 << 20)) } catch {
      throw .manifest(path: path, reason: "\(error)")
    }
    do {
      ring = try Self.ring(object)
      latest = try object["audit"].map { (value) throws(ManifestError) in
        guard let entry = value.object else { throw ManifestError("audit is no object") }
        return try AuditEntry(entry)
      }
    } catch { throw .manifest(path: path, reason: error.reason) }
  }

  private static func ring(_ object: JSONObject) throws(ManifestError) -> KeyRing {
    let reader = ManifestReader(object)
    try reader.check(members: [
      "version", "epoch", "policy", "inherited", "changed", "setBackFrom", "keys", "audit",
    ])
    let found = try reader.integer("version")
    guard found == version else { throw ManifestError("version \(found); this program knows \(version)") }
    let number = try reader.integer("epoch")
    guard let epoch = Int(exactly: number), (1...KeyRing.lastEpoch).contains(epoch) else {
      throw ManifestError("epoch \(number)")
    }
    let policy: RotationPolicy
    let members = try reader.object("policy")
    if let name = RotationPolicy.standard.json.members.map(\.name).first(where: { members[$0] == nil }) {
      throw ManifestError("policy: \(name) is missing")
    }
    do { policy = try RotationPolicy(members) } catch { throw ManifestError("policy: \(error)") }
    var ring = KeyRing(epoch: epoch, policy: policy, keys: [])
    let inherited = ManifestReader(try reader.object("inherited"))
    try inherited.check(members: ["propagation", "until"])
    (ring.inheritedPropagation, ring.inheritedUntil) = (
      try inherited.integer("propagation"), NumericDate(try inherited.integer("until"))
    )
    (ring.changedAt, ring.setBackFrom) = (
      NumericDate(try reader.integer("changed")), try reader.optionalDate("setBackFrom")
    )
    for value in try reader.array("keys") {
      let key = try RingKey(manifest: value)
      guard !ring.keys.contains(where: { $0.keyID == key.keyID || $0.thumbprint == key.thumbprint }) else {
        throw ManifestError("key \(key.keyID) is there twice")
      }
      ring.keys.append(key)
    }
    guard !ring.keys(.active).isEmpty else { throw ManifestError("there is no active key in it") }
    for algorithm in Set(ring.keys.map(\.algorithm)) where ring.keys(.active, algorithm).count > 1 {
      throw ManifestError("more than one active key for \(algorithm)")
    }
    return ring
  }
}

extension RingKey {
  fileprivate static let members = [
    "kid", "thumbprint", "alg", "original", "propagation", "published", "served", "activated", "retired",
    "revoked", "reason",
    "signsUntil", "notAfter", "jwk",
  ]

  fileprivate var manifest: JSONObject {
    var object: JSONObject = [
      "kid": .string(keyID), "alg": .string(algorithm.rawValue), "original": .bool(isOriginal),
      "propagation": .integer(propagation), "published": .integer(publishedAt.secondsSinceEpoch),
    ]
    let dates = [
      ("served", servedAt), ("activated", activatedAt), ("retired", retiredAt), ("revoked", revokedAt),
      ("signsUntil", signsUntil), ("notAfter", notAfter),
    ]
    for (name, date) in dates { object[name] = date.map { .integer($0.secondsSinceEpoch) } }
    object["reason"] = revocationReason.map { .string($0) }
    if keyID != thumbprint { object["thumbprint"] = .string(thumbprint) }
    object["jwk"] = .object(publicKey.jwkMembers)
    return object
  }

  fileprivate init(manifest value: JSONValue) throws(ManifestError) {
    guard let object = value.object else { throw ManifestError("a key is \(value.typeName), not an object") }
    let reader = ManifestReader(object)
    try reader.check(members: Self.members)
    let name = try reader.string("alg")
    guard let algorithm = Algorithm(rawValue: name) else {
      throw ManifestError("alg \(name.debugDescription)")
    }
    guard let isOriginal = object["original"]?.bool else { throw ManifestError("original is no boolean") }
    let jwk = try reader.object("jwk")
    let (propagation, published) = (
      try reader.integer("propagation"), NumericDate(try reader.integer("published"))
    )
    let (served, kid) = (try reader.optionalDate("served"), try reader.string("kid"))
    do {
      try self.init(
        NewKey(algorithm, PublicJWK(jwk).key, keyID: kid), isOriginal: isOriginal,
        propagation: propagation, publishedAt: published, servedAt: served)
    } catch { throw ManifestError("\(error)") }
    let named = try reader.optionalString("thumbprint") ?? keyID
    guard named == thumbprint else {
      throw ManifestError("kid \(keyID.debugDescription) is not the thumbprint of its key, \(thumbprint)")
    }
    (activatedAt, retiredAt) = (try reader.optionalDate("activated"), try reader.optionalDate("retired"))
    (revokedAt, revocationReason) = (try reader.optionalDate("revoked"), try reader.optionalString("reason"))
    (signsUntil, notAfter) = (try reader.optionalDate("signsUntil"), try reader.optionalDate("notAfter"))
  }
}
