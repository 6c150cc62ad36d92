import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

let start = NumericDate(1_800_000_000)

extension RotationPolicy {
  /// P = 160 s, a rotation each 200 s; keys that are fast to make.
  static func brief(_ changes: JSONObject = [:]) throws -> RotationPolicy {
    var object: JSONObject = [
      "algorithms": ["EdDSA"], "token_lifetime": "60s", "leeway": "10s", "max_age": "60s",
      "verifier_bound": "120s", "clock_skew": "5s", "rotation_period": "200s", "staleness_bound": "30s",
      "reservation": "60s",
    ]
    for member in changes.members { object[member.name] = member.value }
    return try RotationPolicy(object)
  }
}

/// Everything of a ring but which keys these are: two runs of the same change agree in it.
struct RingShape: Equatable {
  private let epoch: Int
  private let policy: RotationPolicy
  private let keys: [String]

  init(_ ring: KeyRingState) {
    (epoch, policy) = (ring.epoch, ring.policy)
    keys = ring.keys.map { key in
      let dates = [
        key.publishedAt, key.servedAt, key.activatedAt, key.retiredAt, key.revokedAt, key.signsUntil,
        key.notAfter,
      ]
      let times = dates.map { $0.map { "\($0.secondsSinceEpoch)" } ?? "-" }.joined(separator: " ")
      return "\(key.algorithm) \(key.state) \(key.isOriginal) \(key.propagation) \(times)"
    }
  }
}

extension DirectoryStore {
  /// What lies in the directory when nothing is left over.
  func expectedFiles(_ ring: KeyRingState) -> Set<String> {
    let keys = (ring.keys(.published) + ring.keys(.active)).map { "\($0.keyID).pem" }
    return Set(keys + ["ring.json", "ring.lock", "audit.log"])
  }

  func presentFiles() throws -> Set<String> { Set(try POSIXFileSystem().names(in: directory)) }

  func logLines() throws -> [String] {
    let bytes = try POSIXFileSystem().contents(of: directory + "/audit.log", limit: 1 << 24).bytes
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
