import JOSECore
import KeyRotation

/// A process that signs, serves the JWKS and takes steps.
package struct Process: Sendable {
  /// Its clock less the true time.
  package var offset: Int64 = 0
  /// Which of the scenario's policies it was started with.
  package var policy = 0
  /// Follows every change of the store at once. One that lags is one that was cut off just before the change.
  package var isConnected = true
  /// What it has in memory; `nil` while it is down.
  package var memory: CommittedRing?
  /// When it last heard from the store: true time, and by its own clock.
  var confirmedAt: Int64 = 0
  var confirmedClock: Int64 = 0
  /// The latest time on its clock since then, as `Freshness` notes it.
  var latestSeen = NumericDate(0)
  /// A step that it has worked out and not yet written.
  var plan: Plan?

  var isUp: Bool { memory != nil }

  func clock(at now: Int64) -> NumericDate { NumericDate(now + offset) }

  mutating func confirm(_ ring: CommittedRing, at now: Int64) {
    memory = ring
    (confirmedAt, confirmedClock, latestSeen) = (now, now + offset, clock(at: now))
  }

  mutating func stop() {
    (memory, plan) = (nil, nil)
    isConnected = true
  }

  mutating func see(_ now: Int64) {
    guard let memory else { return }
    var freshness = freshness(memory)
    freshness.see(clock(at: now))
    latestSeen = freshness.latest
  }

  func freshness(_ memory: CommittedRing) -> Freshness {
    Freshness(
      at: NumericDate(confirmedClock), bound: memory.ring.policy.stalenessBound,
      skew: memory.ring.policy.clockSkew,
      latest: latestSeen)
  }
}

/// A step on its way to the store.
struct Plan: Sendable {
  let base: CommittedRing
  let result: CommittedRing
  let events: [RingEvent]
  let request: RotationRequest?
  /// When it was worked out: true time, the writer's clock and how far that was off.
  let at: Int64
  let clock: Int64
  let offset: Int64
  /// What the public copy held then.
  let copy: KeySet?
}
