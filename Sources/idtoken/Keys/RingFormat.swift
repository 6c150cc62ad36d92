import ArgumentParser
import JOSECore
import KeyRotation
import SystemSupport

/// How the `keys` commands print a ring.
struct RingFormat: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print JSON.") var isJSON = false

  func print(_ ring: KeyRingState, at now: NumericDate, in directory: String) throws(FileError) {
    guard !isJSON else { return try Output.json(json(ring, directory)) }
    try Output.heading("Key ring in \(directory), epoch \(ring.epoch)")
    let order: [RingKey.State] = [.active, .published, .retired, .revoked]
    let algorithms = ring.keys.map(\.algorithm).reduce(into: [Algorithm]()) { list, algorithm in
      if !list.contains(algorithm) { list.append(algorithm) }
    }
    let rows = algorithms.flatMap { algorithm in
      order.flatMap { state in
        ring.keys(state, algorithm).map { key in
          [algorithm.rawValue, state.rawValue, key.keyID, age(key, now), key.next(in: ring, at: now)]
        }
      }
    }
    try Output.table([["ALG", "STATE", "KID", "FOR", "NEXT"]] + rows)
    if let next = ring.nextDue(ring.policy) {
      try Output.line(
        next <= now ? "A step is pending: run 'idtoken keys step'." : "Next step: \(next).")
    }
  }

  private func age(_ key: RingKey, _ now: NumericDate) -> String {
    DurationFormat.text(max(0, now.seconds(since: key.since)))
  }

  private func json(_ ring: KeyRingState, _ directory: String) -> JSONValue {
    let keys = ring.keys.map { key -> JSONValue in
      var object: JSONObject = [
        "kid": .string(key.keyID), "alg": .string(key.algorithm.rawValue),
        "state": .string(key.state.rawValue),
        "publishedAt": .integer(key.publishedAt.secondsSinceEpoch),
      ]
      let dates = [
        ("maySignFrom", key.maySignFrom(ring.policy)), ("activatedAt", key.activatedAt),
        ("retiredAt", key.retiredAt), ("revokedAt", key.revokedAt), ("signsUntil", key.signsUntil),
        ("notAfter", key.notAfter), ("removableFrom", key.removableFrom(ring.policy)),
      ]
      for (name, date) in dates { object[name] = date.map { .integer($0.secondsSinceEpoch) } }
      object["reason"] = key.revocationReason.map { .string($0) }
      return .object(object)
    }
    var report: JSONObject = [
      "ring": .string(directory), "epoch": .integer(Int64(ring.epoch)), "policy": .object(ring.policy.json),
      "keys": .array(keys),
    ]
    report["nextDue"] = ring.nextDue(ring.policy).map { .integer($0.secondsSinceEpoch) }
    return .object(report)
  }
}

extension RingKey {
  /// When the key came into its present state.
  fileprivate var since: NumericDate { revokedAt ?? retiredAt ?? activatedAt ?? publishedAt }

  /// What will happen to the key, and when.
  fileprivate func next(in ring: KeyRingState, at now: NumericDate) -> String {
    switch state {
    case .published:
      guard let from = maySignFrom(ring.policy) else { return "waits for 'idtoken jwks confirm'" }
      return from <= now ? "may sign" : "may sign from \(from)"
    case .active:
      let end = activatedAt?.advanced(by: ring.policy.rotationPeriod)
      return end.map { "signs until its standby takes over at \($0)" } ?? "signs"
    case .retired: return removableFrom(ring.policy).map { "leaves the JWKS at \($0)" } ?? ""
    case .revoked: return removableFrom(ring.policy).map { "forgotten at \($0)" } ?? ""
    }
  }
}
