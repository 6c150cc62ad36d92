import BenchmarkResults
import Foundation
import IDTokens
import JOSECore
import KeyRotation
import Synchronization

extension Row {
  static let rotatingString = rotating("string") { try StringMinting($0) }
  static let rotatingSession = rotating("session") { try SessionMinting($0) }

  /// Minting while a ring rotates; the limit is the same while it doesn't.
  private static func rotating<Minting: TokenWorkload & ~Copyable>(
    _ shape: String, _ minting: @escaping @Sendable (Subject) throws -> Minting
  ) -> Row {
    Row(name: "rotating/ES256/\(shape)", countsAllocations: false) { threads, multiBuffer in
      let calm = try Subject(.es256, multiBuffer)
      let ring = try RotatingRing(.es256)
      let rotation = try Rotation(ring, audience: calm.content.audience[0].text, issuer: Subject.issuerURL)
      let subject = try Subject(rotation.live, ring.active, multiBuffer)
      return try (0..<threads).map { _ in
        let box = Boxed(RotatingMinting(try minting(subject), rotation))
        let runs = Runs(
          row: AnyWorkload(box), limit: AnyWorkload(try minting(calm)), isBare: false,
          check: { try rotation.verify(box.workload.newestToken()) })
        runs.end = { try rotation.end() }
        return runs
      }
    }
  }
}

/// Every token that is timed is verified after that.
struct RotatingMinting<Minting: TokenWorkload & ~Copyable>: Workload, ~Copyable {
  private var minting: Minting
  private let rotation: Rotation

  init(_ minting: consuming Minting, _ rotation: Rotation) {
    self.minting = minting
    self.rotation = rotation
  }

  mutating func run(_ count: Int) throws { try minting.run(count) }

  mutating func run(_ count: Int, timing histogram: inout Histogram) throws {
    for _ in 0..<count {
      try minting.run(1, timing: &histogram)
      try rotation.verify(minting.newestToken())
    }
  }

  func newestToken() -> String { minting.newestToken() }
}

/// A thread that puts a new snapshot with a new key in force every few milliseconds, and knows whose tokens are real.
final class Rotation: Sendable {
  private static let pause = 0.005
  private static let noRotation = BenchmarkError(
    "the ring did not rotate while its tokens were measured; --seconds may be too short")
  /// Old verifiers go: a measurement may take an hour.
  private static let remembered = 1000

  let live: KeyRing
  private let audience: String
  private let issuer: String
  private let state: Mutex<State>
  private let isOver = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)

  private struct State {
    var verifiers: [String: TokenVerifier<VerificationKeys>] = [:]
    var keyIDs: [String] = []
    var failure: (any Error)?
    var rotations = 0
  }

  init(_ ring: RotatingRing, audience: String, issuer: String) throws {
    let snapshot = try ring.snapshot
    live = KeyRing(snapshot, confirmedAt: WallClock.system.now)
    (self.audience, self.issuer) = (audience, issuer)
    state = Mutex(State())
    remember(ring.active.keyID, snapshot)
    Thread { [self] in rotate(ring) }.start()
  }

  /// Fails unless the token is of one of the keys that were in force.
  func verify(_ token: String) throws {
    let keyID = try CompactJWS(parsing: token).header.keyID ?? ""
    guard let verifier = state.withLock({ $0.verifiers[keyID] }) else {
      throw BenchmarkError("a token names the key \(keyID), which was never in force")
    }
    _ = try verifier.verify(token, at: WallClock.system.now)
  }

  func end() throws {
    guard !isOver.exchange(true, ordering: .acquiringAndReleasing) else { return }
    ended.wait()
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      guard state.rotations > 0 else { throw Self.noRotation }
    }
  }

  private func rotate(_ ring: RotatingRing) {
    var ring = ring
    do {
      while !isOver.load(ordering: .acquiring) {
        Thread.sleep(forTimeInterval: Self.pause)
        try ring.rotate()
        let snapshot = try ring.snapshot
        // Known before the first token of it.
        remember(ring.active.keyID, snapshot)
        guard live.update(snapshot, confirmedAt: WallClock.system.now) else {
          throw Self.noRotation
        }
        state.withLock { $0.rotations += 1 }
      }
    } catch { state.withLock { $0.failure = error } }
    ended.signal()
  }

  private func remember(_ keyID: String, _ snapshot: KeyRingSnapshot) {
    let verifier = TokenVerifier(
      .jwkSet(snapshot.jwks), audience: ExpectedAudience(audience), issuer: ExpectedIssuer(issuer))
    state.withLock { state in
      state.verifiers[keyID] = verifier
      state.keyIDs.append(keyID)
      if state.keyIDs.count > Self.remembered { state.verifiers[state.keyIDs.removeFirst()] = nil }
    }
  }
}

/// A ring that goes to its next key whenever it is asked to: nobody caches its keys, and its time runs ahead by an hour each,
/// so that old keys leave it.
struct RotatingRing {
  private let algorithm: Algorithm
  private let policy: RotationPolicy
  private var ring: KeyRingState
  private var now: NumericDate
  private(set) var active: RingSigningKey
  private var standby: RingSigningKey

  init(_ algorithm: Algorithm) throws {
    self.algorithm = algorithm
    policy = try RotationPolicy(
      [
        "max_age": "0s", "verifier_bound": "0s", "clock_skew": "0s", "staleness_bound": "1d",
        "publication": "exported",
      ],
      algorithms: [algorithm])
    now = WallClock.system.now
    (active, standby) = (try .generate(algorithm), try .generate(algorithm))
    ring = try KeyRingState.new([active, standby].compactMap(\.newKey), policy: policy, at: now).ring
  }

  var snapshot: KeyRingSnapshot { get throws { try KeyRingSnapshot(ring, signingKeys: [active]) } }

  mutating func rotate() throws {
    now = now.advanced(by: 3600)
    let next = try RingSigningKey.generate(algorithm)
    // Its public copy is fetched by everyone at once, as far as this ring knows.
    ring = try ring.step(policy, at: now, .confirm(keyIDs: ring.keys.map(\.keyID))).ring
    ring = try ring.step(policy, at: now, .rotate([algorithm]), newKeys: [next].compactMap(\.newKey)).ring
    (active, standby) = (standby, next)
  }
}
