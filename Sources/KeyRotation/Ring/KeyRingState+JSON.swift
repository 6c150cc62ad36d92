public import JOSECore

extension KeyRingState {
  static let formatVersion: Int64 = 1

  /// The ring's state, for stores: policy, public keys and dates, nothing secret.
  public var json: JSONObject {
    var object: JSONObject = [
      "version": .integer(Self.formatVersion), "epoch": .integer(Int64(epoch)),
      "policy": .object(policy.json),
      "inherited": [
        "propagation": .integer(inheritedPropagation),
        "until": .integer(inheritedUntil.secondsSinceEpoch),
      ],
      "keys": .array(keys.map { .object($0.manifest) }),
    ]
    object["changed"] = changedAt.map { .integer($0.secondsSinceEpoch) }
    object["setBackFrom"] = setBackFrom.map { .integer($0.secondsSinceEpoch) }
    return object
  }

  /// Reads what `json` gave; whatever it doesn't expect is an error, since a ring that is half understood must not sign.
  public init(_ json: JSONObject) throws(KeyRingError) {
    do { try self.init(manifest: json) } catch {
      throw .manifest(path: "the stored ring", reason: error.reason)
    }
  }

  init(manifest object: JSONObject) throws(ManifestError) {
    let reader = ManifestReader(object)
    try reader.check(members: [
      "version", "epoch", "policy", "inherited", "changed", "setBackFrom", "keys",
    ])
    let found = try reader.integer("version")
    guard found == Self.formatVersion else {
      throw ManifestError("version \(found); this program knows \(Self.formatVersion)")
    }
    let number = try reader.integer("epoch")
    guard let epoch = Int(exactly: number), (1...Self.lastEpoch).contains(epoch) else {
      throw ManifestError("epoch \(number)")
    }
    let policy: RotationPolicy
    let members = try reader.object("policy")
    if let name = RotationPolicy.standard.json.members.map(\.name).first(where: { members[$0] == nil }) {
      throw ManifestError("policy: \(name) is missing")
    }
    do { policy = try RotationPolicy(members) } catch { throw ManifestError("policy: \(error)") }
    self.init(epoch: epoch, policy: policy, keys: [])
    let inherited = ManifestReader(try reader.object("inherited"))
    try inherited.check(members: ["propagation", "until"])
    (inheritedPropagation, inheritedUntil) = (
      try inherited.integer("propagation"), NumericDate(try inherited.integer("until"))
    )
    (changedAt, setBackFrom) = (
      NumericDate(try reader.integer("changed")), try reader.optionalDate("setBackFrom")
    )
    for value in try reader.array("keys") {
      let key = try RingKey(manifest: value)
      guard !keys.contains(where: { $0.keyID == key.keyID || $0.thumbprint == key.thumbprint }) else {
        throw ManifestError("key \(key.keyID) is there twice")
      }
      keys.append(key)
    }
    guard !keys(.active).isEmpty else { throw ManifestError("there is no active key in it") }
    for algorithm in Set(keys.map(\.algorithm)) where keys(.active, algorithm).count > 1 {
      throw ManifestError("more than one active key for \(algorithm)")
    }
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
