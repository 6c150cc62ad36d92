import IDTokens
import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct ClockTests {
  private let scratch: TemporaryDirectory
  private let store: DirectoryStore
  private let policy: RotationPolicy
  private let year: Int64 = 365 * 86_400

  init() async throws {
    scratch = try TemporaryDirectory()
    store = DirectoryStore(scratch.path)
    policy = try .brief()
    try store.create(policy, at: start)
    try await store.step(policy, at: start.advanced(by: 250))
  }

  @Test("after the clock was set back a year the same key signs, and the standby waits anew")
  func back() async throws {
    let active = try store.existing().activeKey(for: .edDSA)
    let now = start.advanced(by: 260 - year)
    let step = try await store.step(policy, at: now)
    #expect(step.events.contains { if case .clockSetBack = $0 { true } else { false } })
    #expect(step.ring.activeKey(for: .edDSA)?.keyID == active?.keyID)
    let standby = try #require(step.ring.standby(for: .edDSA))
    #expect(standby.maySignFrom(policy) == now.advanced(by: policy.propagation))
    await #expect {
      try await store.step(policy, at: now.advanced(by: policy.propagation - 1), .rotate([]))
    } throws: {
      ($0 as? KeyRingError)?.code == "standby_too_young"
    }
    try await store.step(policy, at: now.advanced(by: policy.propagation), .rotate([]))
    #expect(RingInspection(scratch.path).snapshot != nil)
    #expect(try store.audit().last?.epoch == store.existing().epoch)
  }

  @Test("a clock set forward a year and back again loses no key that signs and stops no step")
  func forwardAndBack() async throws {
    try await store.step(policy, at: start.advanced(by: year))
    #expect(RingInspection(scratch.path).violations == [])
    let ahead = try store.existing()
    let now = start.advanced(by: 300)
    let step = try await store.step(policy, at: now)
    #expect(step.ring.activeKey(for: .edDSA)?.keyID == ahead.activeKey(for: .edDSA)?.keyID)
    // Tokens with an exp of next year were possible meanwhile: the retired key stays for them.
    #expect(ahead.keys(.retired).allSatisfy { step.ring[$0.keyID]?.state == .retired })
    let snapshot = try #require(try await store.snapshot())
    #expect(try !SampleTokens.mint(snapshot, at: now).isEmpty)
  }

  @Test(
    "a process whose clock goes back by more than the skew since it confirmed its ring signs no more, and says so"
  )
  func staleByTheFuture() async throws {
    let now = start.advanced(by: 260)
    let ring = KeyRing(try #require(try await store.snapshot()), confirmedAt: now)
    let time = TestTime(now)
    let issuer = SampleTokens.issuer(ring, time.wallClock)
    let request = SampleTokens.content
    _ = try issuer.token(request, .edDSA)
    time.now = now.advanced(by: -policy.clockSkew)
    _ = try issuer.token(request, .edDSA)
    time.now = now.advanced(by: -policy.clockSkew - 1)
    #expect(throws: IDTokenError.ring(.clockWentBack(since: now, now: time.now))) {
      try issuer.token(request, .edDSA)
    }
    // Nor when the time is what it was: how long it has been can't be told until the store is heard from again.
    time.now = now
    #expect(throws: IDTokenError.ring(.clockWentBack(since: now, now: now))) {
      try issuer.token(request, .edDSA)
    }
  }
}
