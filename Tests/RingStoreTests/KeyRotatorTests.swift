import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct KeyRotatorTests {
  @Test(
    "a rotator takes every step in the second it is due, and wakes for nothing but that and its confirmations"
  )
  func dueTimes() async throws {
    let policy = try RotationPolicy.brief()
    let store = try MemoryStore(policy)
    let bench = try await RotatorBench(store, policy)
    var due = try #require(try await store.load()?.nextDue(policy))
    for _ in 0..<400 {
      let pause = try await bench.nextPause()
      #expect(pause <= .seconds(policy.stalenessBound / 3) && pause >= .seconds(1))
      let isCommitted = store.commits.last?.time == bench.time.now
      #expect(isCommitted ? bench.time.now == due : bench.time.now < due)
      #expect(bench.ring.signsUntil == bench.time.now.advanced(by: policy.stalenessBound))
      due = try #require(store.ring?.nextDue(policy))
      #expect(due > bench.time.now)
      bench.pass(pause)
    }
    #expect(store.commits.map(\.epoch) == Array(2...(store.commits.count + 1)))
    #expect(store.commits.count > 40)
  }

  @Test(
    "a rotator with nothing to do wakes three times in a staleness bound, and a spurious change costs one round"
  )
  func noBusyLoop() async throws {
    let policy = try RotationPolicy.brief([
      "rotation_period": "100d", "reservation": "100d", "staleness_bound": "300s",
    ])
    let store = try MemoryStore(policy)
    let bench = try await RotatorBench(store, policy)
    #expect(try await bench.nextPause() == .seconds(100))
    let (loads, keyReads) = (store.loads, store.keyReads)
    bench.pass(.seconds(100))
    #expect(try await bench.nextPause() == .seconds(100))
    let round = store.loads - loads
    for _ in 0..<50 {
      bench.pass(.seconds(100))
      _ = try await bench.nextPause()
    }
    #expect(store.loads == loads + 51 * round)
    for _ in 0..<50 {
      store.announce()
      _ = try await bench.nextPause()
    }
    #expect(store.loads == loads + 101 * round)
    #expect(store.commits == [] && store.keyReads == keyReads, "private keys are read again for nothing")
  }

  @Test(
    "a rotator that can't reach its store tries again after 1, 2, 4 … s, up to a quarter of the staleness bound"
  )
  func backsOff() async throws {
    let policy = try RotationPolicy.brief()
    let store = try MemoryStore(policy)
    let bench = try await RotatorBench(store, policy)
    bench.pass(try await bench.nextPause())
    _ = try await bench.nextPause()
    let confirmed = bench.time.now
    store.fail(.noRing)
    bench.pass(.seconds(10))
    for (failures, expected) in [1, 2, 4, 7, 7, 7].enumerated() {
      let pause = try await bench.nextPause()
      #expect(pause == .seconds(expected))
      #expect(await bench.rotator.failuresInARow == failures + 1)
      #expect(await bench.rotator.lastError == .noRing)
      #expect(await bench.rotator.lastSuccess == confirmed)
      bench.pass(pause)
    }
    _ = try await bench.nextPause()
    #expect(
      bench.failures.elements == Array(repeating: confirmed.advanced(by: policy.stalenessBound), count: 7))
  }

  @Test("a rotator whose store is back goes on as before")
  func recovers() async throws {
    let policy = try RotationPolicy.brief()
    let store = try MemoryStore(policy)
    let bench = try await RotatorBench(store, policy)
    _ = try await bench.nextPause()
    store.fail(.noRing)
    bench.pass(.seconds(10))
    bench.pass(try await bench.nextPause())
    _ = try await bench.nextPause()
    store.fail(nil)
    bench.pass(.seconds(2))
    #expect(try await bench.nextPause() == .seconds(10))
    #expect(await bench.rotator.failuresInARow == 0)
    #expect(await bench.rotator.lastError == nil)
    #expect(await bench.rotator.lastSuccess == bench.time.now)
  }

  @Test("a rotator that is cancelled ends at once, in the midst of its pause")
  func cancellation() async throws {
    let policy = try RotationPolicy.brief()
    let bench = try await RotatorBench(MemoryStore(policy), policy)
    _ = try await bench.nextPause()
    await bench.cancel()
    #expect(bench.time.now == start)
  }

  @Test("a rotator reports each change once, with its epoch")
  func events() async throws {
    let policy = try RotationPolicy.brief()
    let store = try MemoryStore(policy)
    let bench = try await RotatorBench(store, policy)
    for _ in 0..<65 { bench.pass(try await bench.nextPause()) }
    _ = try await bench.nextPause()
    #expect(Set(bench.events.elements.map(\.epoch)) == Set(store.commits.map(\.epoch)))
    let rotations = bench.events.elements.filter { if case .retired = $0.event { true } else { false } }
    #expect(
      rotations.count == Int(bench.time.now.seconds(since: start) / policy.rotationPeriod)
        && rotations.count > 1)
  }

  @Test(
    "a process that serves follows every change and reads no private key; asked to sign, it says that it has none"
  )
  func serves() async throws {
    let policy = try RotationPolicy.brief()
    let store = try MemoryStore(policy)
    let time = TestTime(start)
    let ring = try await KeyRing.open(store, policy: policy, role: .serves, clock: time.wallClock)
    let rotator = KeyRotator(ring)
    try await store.step(policy, at: start.advanced(by: 250))
    let keyReads = store.keyReads
    time.now = start.advanced(by: 250)
    await rotator.cycle()
    #expect(ring.current.ring == store.ring && ring.epoch == 2)
    #expect(ring.current.jwksBytes == (try store.ring?.jwks.bytes))
    #expect(store.keyReads == keyReads)
    #expect(throws: KeyRingError.noActiveKey(.edDSA, ring: [])) { try ring.current.signingKey(for: .edDSA) }
  }
}
