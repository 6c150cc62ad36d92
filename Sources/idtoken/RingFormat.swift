import ArgumentParser
import JOSE
import JSON
import JWA
import KeyRotation
import Platform

/// How the `keys` commands show a ring.
struct RingFormat: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print JSON.")
  var isJSON = false

  func print(_ ring: KeyRing, in directory: String) throws(FileError) {
    let policy = RotationPolicy()
    guard !isJSON else { return try Output.json(json(ring, policy, directory)) }
    try Output.heading("Key ring in \(directory), epoch \(ring.epoch)")
    let rows = ring.keys.map { key in
      [key.algorithm.rawValue, key.state.rawValue, key.keyID, "\(key.since)", next(key, policy)]
    }
    try Output.table([["ALG", "STATE", "KID", "SINCE", "NEXT"]] + rows)
  }

  private func next(_ key: RingKey, _ policy: RotationPolicy) -> String {
    switch key.state {
    case .published: "may sign from \(key.mayActivate(from: policy))"
    case .active: "signs until it is rotated"
    case .retired: key.mayBeRemoved(from: policy).map { "may be removed from \($0)" } ?? ""
    }
  }

  private func json(_ ring: KeyRing, _ policy: RotationPolicy, _ directory: String) -> JSONValue {
    let keys = ring.keys.map { key -> JSONValue in
      var object: JSONObject = [
        "kid": .string(key.keyID), "alg": .string(key.algorithm.rawValue),
        "state": .string(key.state.rawValue),
        "publishedAt": .integer(key.publishedAt.secondsSinceEpoch),
        "maySignFrom": .integer(key.mayActivate(from: policy).secondsSinceEpoch),
      ]
      object["activatedAt"] = key.activatedAt.map { .integer($0.secondsSinceEpoch) }
      object["retiredAt"] = key.retiredAt.map { .integer($0.secondsSinceEpoch) }
      object["mayBeRemovedFrom"] = key.mayBeRemoved(from: policy).map { .integer($0.secondsSinceEpoch) }
      return .object(object)
    }
    return ["ring": .string(directory), "epoch": .integer(Int64(ring.epoch)), "keys": .array(keys)]
  }
}

extension RingKey {
  /// When the key came into its present state.
  fileprivate var since: NumericDate { retiredAt ?? activatedAt ?? publishedAt }
}
