import JOSECore
import KeyRotation
import SystemSupport
import TestSupport

/// Rotates the ring of a directory in a loop, on a clock that a step moves on by seconds, and prints what it committed.
struct RotationLoop {
  /// Short times that keep every inequality: with a skew of 3 s, P is 10 s, and so is the time between rotations.
  static func policy(skew: Int = 3) throws -> RotationPolicy {
    let text = """
      {"algorithms": ["EdDSA", "ES256"], "token_lifetime": "2s", "leeway": "1s", "max_age": "1s", "cdn_time": "0s",
       "verifier_bound": "2s", "clock_skew": "\(skew)s", "rotation_period": "\(2 * skew + 4)s", "staleness_bound": "2s",
       "reservation": "4s", "publication": "served"}
      """
    let bytes = Array(text.utf8)
    return try RotationPolicy(parsing: bytes.span)
  }

  let store: DirectoryStore

  init(_ directory: String) { store = DirectoryStore(directory) }

  /// Prints `ready`, then `commit EPOCH TIME` for each commit, with `token JWT` for each algorithm after it.
  func run(rounds: Int, skew: Int = 3) async throws {
    let policy = try Self.policy(skew: skew)
    try StandardStream.output.write("ready\n")
    if try store.load() == nil {
      do { try store.create(policy, at: NumericDate(1_800_000_000)) } catch {
        guard error.code == "already_exists" else { throw error }
      }
    }
    var ring = try store.existing()
    var now = ring.latestDate
    for _ in 0..<rounds {
      now = max(now, ring.latestDate).advanced(by: 1)
      let step = try await step(policy, at: now, request(ring))
      ring = step.ring
      guard !step.events.isEmpty else { continue }
      var report = "commit \(step.ring.epoch) \(now.secondsSinceEpoch)\n"
      if let snapshot = try await store.snapshot() {
        for token in try SampleTokens.mint(snapshot, at: now) { report += "token \(token)\n" }
      }
      try StandardStream.output.write(report)
    }
  }

  private func step(
    _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?
  ) async throws -> RotationStep {
    do { return try await store.step(policy, at: now, request) } catch {
      // Another process has revoked it.
      guard error.code == "unknown_key" else { throw error }
      return try await store.step(policy, at: now)
    }
  }

  /// Now and then a standby is revoked, so that revocations are torn too. It leaves the promise as it is.
  private func request(_ ring: KeyRingState) -> RotationRequest? {
    guard ring.epoch % 13 == 0, let standby = ring.standby(for: .edDSA) else { return nil }
    return .revoke(keyID: standby.keyID, reason: "torture")
  }
}

extension KeyRingState {
  /// The last time at which something happened to the ring, by the clock of the process that changed it.
  var latestDate: NumericDate {
    let dates = keys.flatMap { [$0.publishedAt, $0.activatedAt, $0.retiredAt, $0.revokedAt] }.compactMap(
      \.self)
    // A reservation was made so long before its end.
    let reserved = keys(.active).compactMap(\.signsUntil)
      .map { $0.advanced(by: -policy.tokenLifetime - policy.reservation) }
    return (dates + reserved).max() ?? NumericDate(0)
  }
}
