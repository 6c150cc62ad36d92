import IDTokens
import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite struct RunningRingTests {
  private let policy: RotationPolicy

  init() throws { policy = try .brief() }

  private func mint(_ bench: RotatorBench) throws -> String {
    let issuer = SampleTokens.issuer(bench.ring, bench.time.wallClock)
    return try issuer.token(SampleTokens.content, .edDSA).text
  }

  @Test("a process cut off from its store signs until the staleness bound is over, and then says why not")
  func stale() async throws {
    let store = try MemoryStore(policy)
    let bench = try await RotatorBench(store, policy)
    _ = try await bench.nextPause()
    store.fail(.noRing)
    bench.time.now = start.advanced(by: policy.stalenessBound)
    _ = try mint(bench)
    bench.time.now = start.advanced(by: policy.stalenessBound + 1)
    let error = IDTokenError.ring(.stale(since: start, now: bench.time.now, bound: policy.stalenessBound))
    #expect(throws: error) { try mint(bench) }
    #expect(error.description.contains("31 s ago, and the policy allows 30 s"))
  }

  @Test("a store that can be read but not written keeps a process signing; what fails is told")
  func readOnlyStore() async throws {
    // The reservation is due after 300 s and over after 600 s; the staleness bound is 30 s.
    let policy = try RotationPolicy.brief(["reservation": "600s", "rotation_period": "1000s"])
    let store = try MemoryStore(policy)
    let bench = try await RotatorBench(store, policy)
    let full = KeyRingError.file(FileError("write", "ring.json.new", code: ENOSPC))
    store.failCommits(full)
    while bench.time.now < start.advanced(by: 400) { bench.pass(try await bench.nextPause()) }
    _ = try await bench.nextPause()
    _ = try mint(bench)
    #expect(await bench.rotator.lastError == full)
    store.failCommits(nil)
    bench.pass(.seconds(10))
    _ = try await bench.nextPause()
    #expect(await bench.rotator.lastError == nil)
    #expect(store.commits.map(\.time) == [bench.time.now])
  }

  @Test("when no reservation can be renewed, signing ends with the last one, and says why")
  func reservationOver() async throws {
    let store = try MemoryStore(policy)
    let bench = try await RotatorBench(store, policy, .follows)
    while bench.time.now < start.advanced(by: 60) { bench.pass(try await bench.nextPause()) }
    _ = try await bench.nextPause()
    _ = try mint(bench)
    bench.pass(.seconds(10))
    _ = try await bench.nextPause()
    #expect {
      try mint(bench)
    } throws: {
      (($0 as? IDTokenError)?.details.cause as? KeyRingError)?.code == "reservation_over"
    }
  }

  @Test("a follower takes over another process's rotation when the store tells, without time passing")
  func followerIsTold() async throws {
    let store = try MemoryStore(policy)
    let follower = try await RotatorBench(store, policy, .follows)
    _ = try await follower.nextPause()
    let step = try await store.step(policy, at: start.advanced(by: 250))
    #expect(follower.ring.epoch == step.ring.epoch - 1)
    store.announce()
    _ = try await follower.nextPause()
    #expect(follower.ring.epoch == step.ring.epoch)
    #expect(store.commits.count == 1)
  }

  @Test("a follower that isn't told finds a rotation within a third of the staleness bound")
  func followerLooks() async throws {
    let scratch = try TemporaryDirectory()
    let store = DirectoryStore(scratch.path)
    try store.create(policy, at: start)
    let follower = try await RotatorBench(store, policy, .follows)
    let pause = try await follower.nextPause()
    #expect(pause == .seconds(10))
    try await DirectoryStore(scratch.path).step(policy, at: start.advanced(by: 250))
    follower.pass(pause)
    _ = try await follower.nextPause()
    #expect(follower.ring.epoch == 2)
  }

  @Test("a directory store tells of another process's change")
  func directoryTells() async throws {
    let scratch = try TemporaryDirectory()
    let store = DirectoryStore(scratch.path)
    try store.create(policy, at: start)
    var changes = store.changes().makeAsyncIterator()
    // Steps until it is told: it may begin to look after the first of them.
    let writer = Task {
      for round in 1... {
        try Task.checkCancellation()
        try await store.step(policy, at: start.advanced(by: Int64(round) * 210))
        await Task.yield()
      }
    }
    #expect(await changes.next() != nil)
    writer.cancel()
    _ = await writer.result
  }

  @Test("the tokens of a series are signed by the new key as soon as the rotation is in force")
  func issuerFollows() async throws {
    let store = try MemoryStore(policy)
    let bench = try await RotatorBench(store, policy)
    let issuer = SampleTokens.issuer(bench.ring, bench.time.wallClock)
    let series = try issuer.session(SampleTokens.content, .edDSA)
    var keyIDs: [String] = []
    while bench.time.now < start.advanced(by: 650) {
      let pause = try await bench.nextPause()
      let keyID = try #require(try CompactJWS(parsing: series.token().text).header.keyID)
      #expect(keyID == store.ring?.activeKey(for: .edDSA)?.keyID)
      if keyIDs.last != keyID { keyIDs.append(keyID) }
      bench.pass(pause)
    }
    #expect(keyIDs.count == 4)
  }

  @Test(
    "an older ring put back under a running process is refused, and signing ends with the staleness bound")
  func rolledBack() async throws {
    let store = try MemoryStore(policy)
    let old = store.ring
    let bench = try await RotatorBench(store, policy)
    while bench.time.now < start.advanced(by: 210) { bench.pass(try await bench.nextPause()) }
    _ = try await bench.nextPause()
    let (known, commits, confirmed) = (bench.ring.epoch, store.commits, bench.time.now)
    #expect(known > 2)
    store.ring = old
    bench.pass(.seconds(10))
    while bench.time.now <= confirmed.advanced(by: policy.stalenessBound) {
      bench.pass(try await bench.nextPause())
    }
    _ = try await bench.nextPause()
    #expect(store.commits == commits && bench.ring.epoch == known)
    #expect(await bench.rotator.lastError == .ringWentBack(found: 1, known: known))
    #expect {
      try mint(bench)
    } throws: {
      (($0 as? IDTokenError)?.details.cause as? KeyRingError)?.code == "stale"
    }
  }

  @Test("a ring that went back and has grown to the same epoch again is refused too")
  func regrown() async throws {
    let store = try MemoryStore(policy)
    let old = try #require(store.ring)
    let bench = try await RotatorBench(store, policy, .follows)
    _ = try await bench.nextPause()
    try await store.step(policy, at: start.advanced(by: 250))
    store.announce()
    _ = try await bench.nextPause()
    #expect(bench.ring.epoch == 2)
    store.ring = old
    try await store.step(policy, at: start.advanced(by: 251))
    store.announce()
    _ = try await bench.nextPause()
    #expect(await bench.rotator.lastError == .ringWentBack(found: 2, known: 2))
  }
}
