import IDTokens
import JOSECore
import KeyRotation
import SystemSupport
import TestSupport

/// Medians of what a ring costs at its rim: opening it and committing a change.
enum Measurements {
  static func run() async throws {
    let root = try TemporaryDirectory()
    let store = DirectoryStore(root.path)
    let text = #"{"algorithms": ["RS256", "ES256", "EdDSA", "PS256"]}"#
    let bytes = Array(text.utf8)
    let policy = try RotationPolicy(parsing: bytes.span)
    let start = NumericDate(1_800_000_000)
    let ring = try store.create(policy, at: start)

    for key in ring.keys(.active) {
      try await report("read the private key of \(key.algorithm)", rounds: 100) { _ in
        _ = try store.signingKey(key)
      }
    }
    try await report("read the manifest", rounds: 100) { _ in _ = try store.load() }
    try await report("open a ring of 4 algorithms", rounds: 100) { _ in _ = try await store.snapshot() }
    try await report("commit a reservation", rounds: 100) { round in
      // Half a reservation and a second later each time: always due, and never a rotation.
      _ = try await store.step(
        policy, at: start.advanced(by: Int64(round + 1) * (policy.reservation / 2 + 1)))
    }
    try await reportTracking(store, at: start)
    let rotating = DirectoryStore(root["rotating"])
    try rotating.create(try RotationLoop.policy(), at: start)
    var now = start
    try await report("rotate EdDSA and ES256, with new keys", rounds: 100) { _ in
      now = now.advanced(by: 20)
      _ = try await rotating.step(try RotationLoop.policy(), at: now)
    }
    try StandardStream.output.write("epochs \(ring.epoch) to \(try store.existing().epoch)\n")
  }

  /// What a token of the ring's keys pays for the promise: is the snapshot fresh and of the latest epoch, and does `exp` lie
  /// within the reservation. A token by a client secret pays nothing; it is the yardstick.
  private static func reportTracking(_ store: DirectoryStore, at now: NumericDate) async throws {
    guard let snapshot = try await store.snapshot() else { return }
    let clock = ContinuousClock()
    let key = try snapshot.signingKey(for: .es256)
    let secret = try ClientSecret(String(repeating: "s", count: 32))
    let session = try ShopifyIssuer(clock: .fixed(now)).session(SampleTokens.content, secret)
    var ratios: [Double] = []
    for _ in 0..<20 {
      let ring = KeyRing(snapshot, confirmedAt: now)
      let start = clock.now
      for _ in 0..<20_000 { _ = try session.token() }
      let minted = clock.now
      for second in 0..<20_000 {
        let time = now.advanced(by: Int64(second >> 9))
        try ring.checkFreshness(at: time)
        guard ring.epoch == snapshot.epoch else { return }
        _ = try key.expiry(time.advanced(by: 60), at: time)
      }
      ratios.append((clock.now - minted) / (minted - start))
    }
    let percent = ratios.sorted()[10] * 100
    try StandardStream.output.write(
      "tracking: \(Int(percent * 100)) hundredths of a per cent of an HS256 token\n")
  }

  private static func report(_ name: String, rounds: Int, _ work: (Int) async throws -> Void) async throws {
    let clock = ContinuousClock()
    var times: [Duration] = []
    for round in 0..<rounds {
      let start = clock.now
      try await work(round)
      times.append(clock.now - start)
    }
    let (median, least) = (times.sorted()[rounds / 2], times.min() ?? .zero)
    try StandardStream.output.write("\(name): \(median.microseconds) µs (least \(least.microseconds))\n")
  }
}

extension Duration {
  fileprivate var microseconds: Int64 {
    components.attoseconds / 1_000_000_000_000 + components.seconds * 1_000_000
  }
}
