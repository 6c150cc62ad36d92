import JOSECore
import KeyRotation
import TestSupport
import Testing

/// What every store has to do. A store that is new joins the list.
@Suite("Every store keeps the contract of KeyRingStore") struct StoreContractTests {
  enum Kind: CaseIterable, CustomTestStringConvertible {
    case directory
    case memory

    var testDescription: String { self == .directory ? "directory" : "memory" }
  }

  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func store(_ kind: Kind) -> any KeyRingStore {
    switch kind {
    case .directory: DirectoryStore(directory.ring)
    case .memory: InMemoryRingStore()
    }
  }

  private func opened(_ store: any KeyRingStore, at now: NumericDate) async throws -> KeyRing {
    try await KeyRing.open(store, policy: policy, createIfMissing: true, clock: .fixed(now))
  }

  @Test("A store without a ring has none, and says where", arguments: Kind.allCases)
  func empty(kind: Kind) async throws {
    let store = store(kind)
    #expect(try await store.load() == nil)
    await #expect(throws: KeyRingError.missing(directory: store.location)) {
      _ = try await KeyRing.open(store)
    }
    #expect(try await store.load() == nil)
  }

  @Test("A ring that was made is read as it was committed, with the keys that sign", arguments: Kind.allCases)
  func committed(kind: Kind) async throws {
    let store = store(kind)
    let ring = try await opened(store, at: birth)
    #expect(try await store.load()?.keys == ring.keys)
    for key in ring.keys { #expect(try await store.signingKey(key).publicKey == key.publicKey) }
    let again = try await KeyRing.open(store, role: .follows, clock: .fixed(birth))
    #expect(again.keys == ring.keys && again.epoch == ring.epoch)
  }

  @Test("A commit that expects another epoch changes nothing", arguments: Kind.allCases)
  func fenced(kind: Kind) async throws {
    let store = store(kind)
    let ring = try await opened(store, at: birth)
    let key = try RingSigningKey.generate(.es256)
    let state = try #require(try await store.load())
    let step = try state.step(policy, at: birth, .rotate([]), newKeys: [try #require(key.newKey)])
    for expected in [0, ring.epoch - 1, ring.epoch + 1] where expected != ring.epoch {
      await #expect(throws: KeyRingError.changedMeanwhile(expected: expected, found: ring.epoch)) {
        try await store.commit(step, [key], over: expected, at: birth)
      }
    }
    #expect(try await store.load() == state)
    try await store.commit(step, [key], over: ring.epoch, at: birth)
    #expect(try await store.load() == step.ring)
  }

  @Test("Of many commits at once one wins", arguments: Kind.allCases)
  func race(kind: Kind) async throws {
    let store = store(kind)
    let ring = try await opened(store, at: birth)
    let state = try #require(try await store.load())
    let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let key = try RingSigningKey.generate(.es256)
          let step = try state.step(policy, at: birth, .rotate([]), newKeys: [key.newKey].compactMap(\.self))
          do throws(KeyRingError) {
            try await store.commit(step, [key], over: ring.epoch, at: birth)
            return true
          } catch {
            guard error.isChangedMeanwhile else { throw error }
            return false
          }
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(wins == 1)
    #expect(try await store.load()?.epoch == ring.epoch + 1)
  }

  @Test("The private half of a key that is retired or revoked is gone", arguments: Kind.allCases)
  func privateHalves(kind: Kind) async throws {
    let store = store(kind)
    let ring = try await opened(store, at: birth)
    let active = try #require(ring.keys.first { $0.state == .active })
    try await ring.rotate()
    #expect(ring.keys.first { $0.keyID == active.keyID }?.state == .retired)
    await #expect(throws: KeyRingError.self) { _ = try await store.signingKey(active) }
    let standby = try #require(ring.keys.first { $0.state == .published })
    try await ring.revoke(standby.keyID, reason: "spare")
    #expect(!ring.jwkSet.keys.contains { $0.keyID == standby.keyID })
    await #expect(throws: KeyRingError.self) { _ = try await store.signingKey(standby) }
  }

  @Test("A second rotation waits until verifiers know the new standby", arguments: Kind.allCases)
  func waits(kind: Kind) async throws {
    let ring = try await opened(store(kind), at: birth)
    try await ring.rotate()
    let epoch = ring.epoch
    let error = await #expect(throws: KeyRingError.self) { try await ring.rotate() }
    #expect(error?.code == "standby_too_young")
    #expect(ring.epoch == epoch)
  }

  @Test("A change by one handle is announced to another", .timeLimit(.minutes(1)), arguments: Kind.allCases)
  func announced(kind: Kind) async throws {
    let store = store(kind)
    _ = try await opened(store, at: birth)
    var changes = store.changes().makeAsyncIterator()
    let writer = Task {
      // It may have begun to watch after the first of them.
      for round in 1... {
        try Task.checkCancellation()
        try await store.step(policy, at: birth + Int64(round) * policy.rotationPeriod)
        await Task.yield()
      }
    }
    #expect(await changes.next() != nil)
    writer.cancel()
    _ = await writer.result
  }
}

@Suite("A ring in memory") struct InMemoryRingTests {
  @Test("It signs at once, publishes its keys, and rotates")
  func use() async throws {
    let ring = try KeyRing.inMemory(algorithms: [.es256, .edDSA], clock: .fixed(birth))
    #expect(ring.jwkSet.keys.count == 4 && ring.publishedSets.count == 1)
    #expect(try ring.maxAge() == policy.maxAge)
    let key = try ring.current.signingKey(for: .edDSA).keyID
    try await ring.rotate([.edDSA])
    #expect(try ring.current.signingKey(for: .edDSA).keyID != key)
    #expect(ring.jwkSet.keys.contains { $0.keyID == key })
  }
}
