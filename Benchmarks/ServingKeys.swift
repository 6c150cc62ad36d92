import JOSECore
import KeyRotation

extension Row {
  /// What a server hands out as its JWKS; the limit is what it would take to render it for each request.
  static let jwks = Row(name: "jwks/6") { threads, _ in
    let live = try ServingKeys.ring(keys: 6)
    return (0..<threads).map { _ in
      Runs(
        row: AnyWorkload(ServingKeys(live: live)), limit: AnyWorkload(RenderingKeys(live: live)),
        isBare: false)
    }
  }
}

/// The bytes of an epoch as a request gets them: with the check that they may still be served.
struct ServingKeys: Workload {
  let live: KeyRing

  mutating func run(_ count: Int) throws {
    let length = live.current.jwksBytes.count
    for _ in 0..<count {
      try live.checkFreshness(at: WallClock.system.now)
      let served = live.current.jwksBytes.count
      guard served == length else { throw BenchmarkError.unexpectedSet(served, expected: length) }
    }
  }

  /// Two keys of each algorithm: what a ring has when nothing is being rotated.
  static func ring(keys count: Int) throws -> KeyRing {
    let algorithms = Array(Row.algorithms.filter { !$0.isSymmetric && $0 != .ps256 }.prefix(count / 2))
    let keys = try (algorithms + algorithms).map { try RingSigningKey.generate($0) }
    let policy = try RotationPolicy(algorithms: algorithms, stalenessBound: 86_400)
    let now = WallClock.system.now
    let ring = try KeyRingState.new(keys.compactMap(\.newKey), policy: policy, at: now).ring
    let snapshot = try KeyRingSnapshot(ring, signingKeys: Array(keys.prefix(algorithms.count)))
    guard snapshot.jwks.keys.count == count else {
      throw BenchmarkError.unexpectedSet(snapshot.jwks.keys.count, expected: count)
    }
    return KeyRing(snapshot, confirmedAt: now)
  }
}

/// The same bytes, made anew each time.
struct RenderingKeys: Workload {
  let live: KeyRing

  mutating func run(_ count: Int) throws {
    let length = live.current.jwksBytes.count
    for _ in 0..<count {
      let rendered = try live.current.ring.publishedSets.first?.bytes.count ?? 0
      guard rendered == length else { throw BenchmarkError.unexpectedSet(rendered, expected: length) }
    }
  }
}

extension BenchmarkError {
  /// Another JWK Set than the one that is in force.
  fileprivate static func unexpectedSet(_ size: Int, expected: Int) -> BenchmarkError {
    BenchmarkError("a JWK Set of \(size) in place of \(expected)")
  }
}
