import JOSECore
import KeyRotation

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
