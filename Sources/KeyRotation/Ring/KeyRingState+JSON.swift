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
    do throws(ObjectError) { try self.init(ObjectReader(json, members: Self.members)) } catch {
      throw .manifest(path: "the stored ring", reason: "\(error)")
    }
  }

  static let members = ["version", "epoch", "policy", "inherited", "changed", "setBackFrom", "keys"]

  init(_ reader: ObjectReader) throws(ObjectError) {
    let version = try reader.integer("version")
    guard version == Self.formatVersion else {
      throw reader.error("version", "is \(version); this program knows \(Self.formatVersion)")
    }
    let epoch = Int(try reader.integer("epoch", in: 1...Int64(Self.lastEpoch)))
    let members = try reader.object("policy", members: RotationPolicy.standard.json.names)
    for name in RotationPolicy.standard.json.names where members.object[name] == nil {
      throw members.error(name, "is missing")
    }
    let policy: RotationPolicy
    do { policy = try RotationPolicy(members.object) } catch {
      throw reader.error("policy", "is refused: \(error)")
    }
    self.init(epoch: epoch, policy: policy, keys: [])
    let inherited = try reader.object("inherited", members: ["propagation", "until"])
    (inheritedPropagation, inheritedUntil) = (
      try inherited.integer("propagation"), try inherited.date("until")
    )
    (changedAt, setBackFrom) = (try reader.date("changed"), try reader.optionalDate("setBackFrom"))
    for element in try reader.objects("keys", members: RingKey.members) {
      let key = try RingKey(element)
      guard !keys.contains(where: { $0.keyID == key.keyID || $0.thumbprint == key.thumbprint }) else {
        throw element.error("kid", "is \(key.keyID), which is there twice")
      }
      keys.append(key)
    }
    guard !keys(.active).isEmpty else { throw reader.error("keys", "has no active key") }
    for algorithm in Set(keys.map(\.algorithm)) where keys(.active, algorithm).count > 1 {
      throw reader.error("keys", "has more than one active key for \(algorithm)")
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

  fileprivate init(_ reader: ObjectReader) throws(ObjectError) {
    let name = try reader.string("alg")
    guard let algorithm = Algorithm(rawValue: name) else {
      throw reader.error("alg", "is \(name.debugDescription), which is not known")
    }
    let jwk = try reader.object("jwk").object
    let (isOriginal, propagation) = (try reader.bool("original"), try reader.integer("propagation"))
    let (published, served) = (try reader.date("published"), try reader.optionalDate("served"))
    let keyID = try reader.string("kid")
    do {
      try self.init(
        NewKey(algorithm, PublicJWK(jwk).key, keyID: keyID), isOriginal: isOriginal,
        propagation: propagation, publishedAt: published, servedAt: served)
    } catch { throw reader.error("jwk", "is refused: \(error)") }
    let named = try reader.optionalString("thumbprint") ?? keyID
    guard named == thumbprint else {
      throw reader.error("kid", "\(keyID.debugDescription) is not the thumbprint of its key, \(thumbprint)")
    }
    (activatedAt, retiredAt) = (try reader.optionalDate("activated"), try reader.optionalDate("retired"))
    (revokedAt, revocationReason) = (try reader.optionalDate("revoked"), try reader.optionalString("reason"))
    (signsUntil, notAfter) = (try reader.optionalDate("signsUntil"), try reader.optionalDate("notAfter"))
  }
}
