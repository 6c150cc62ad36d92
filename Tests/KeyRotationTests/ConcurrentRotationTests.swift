import JOSECore
import KeyRotation
import Synchronization
import SystemSupport
import TestSupport
import Testing

@Suite struct ConcurrentRotationTests {
  @Test("Of many who rotate at once one wins, and the others are told that it is too early")
  func manyWriters() async throws {
    let directory = try TemporaryDirectory()
    try DirectoryStore(directory.ring).create([.es256], at: birth)
    let path = directory.ring
    let results = await withTaskGroup(of: Result<KeyRingState, any Error>.self) { group in
      for _ in 0..<8 {
        group.addTask { await outcome { try await DirectoryStore(path).rotate(at: birth) } }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let winners = results.compactMap { try? $0.get() }
    #expect(winners.map(\.epoch) == [2])
    for case .failure(let error) in results {
      #expect((error as? KeyRingError)?.code == "standby_too_young", "\(error)")
    }
    // The refused writers start the propagation of the new standby, once.
    let ring = try DirectoryStore(path).existing()
    #expect(ring.epoch == 3)
    #expect(try ring.keyIDs(.active) == #require(winners.first).keyIDs(.active))
    #expect(ring.keys(.published).map(\.servedAt) == [birth])
  }

  @Test("Rotations of different algorithms at once are both kept, each in an epoch of its own")
  func differentAlgorithms() async throws {
    let directory = try TemporaryDirectory()
    try DirectoryStore(directory.ring).create([.es256, .edDSA, .es384], at: birth)
    let path = directory.ring
    let epochs = try await withThrowingTaskGroup(of: Int.self) { group in
      for algorithm in [.es256, .edDSA, .es384] as [Algorithm] {
        group.addTask { try await DirectoryStore(path).rotate([algorithm], at: birth).epoch }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(epochs.sorted() == [2, 3, 4])
    let ring = try DirectoryStore(path).existing()
    #expect(ring.keyIDs(.active).count == 3)
    #expect(ring.keyIDs(.retired).count == 3)
  }

  @Test("A writer whose key another one takes away, between the ring and the key, starts over")
  func keyTakenAway() async throws {
    let directory = try TemporaryDirectory()
    let store = DirectoryStore(directory.ring)
    try store.create([.es256, .edDSA], at: birth)
    let slow = InterruptedStore(store: store) { _ = try? await store.rotate([.es256], at: birth) }
    #expect(try await slow.step(store.existing().policy, at: birth, .rotate([.edDSA])).ring.epoch == 3)
  }

  @Test("Of many who make a ring at once one wins")
  func manyCreators() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.ring
    let made = await withTaskGroup(of: KeyRingState?.self) { group in
      for _ in 0..<6 { group.addTask { try? DirectoryStore(path).create([.es256], at: birth) } }
      return await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
    }
    #expect(made.count == 1)
    #expect(try DirectoryStore(path).existing() == made.first)
  }

  @Test("Who opens the ring while it rotates gets the old one or the new one, never an error")
  func openDuringRotation() async throws {
    let directory = try TemporaryDirectory()
    let store = DirectoryStore(directory.ring)
    let old = try store.create([.es256], at: birth).keyIDs(.active)[0]
    // The rotation comes between the reader's look at the manifest and its look at the key, which is gone then.
    let files = try FaultyFileSystem(directory, .interrupted { try store.rotateAtOnce(at: birth) }) {
      $0 == "read ring/\(old).pem"
    }
    let snapshot = try await DirectoryStore(directory.ring, files: files).opened()
    #expect(snapshot.epoch == 2)
    #expect(try snapshot.signingKey(for: .es256).keyID == store.existing().keyIDs(.active)[0])
  }
}

/// A store in which something happens before the first key is read.
private final class InterruptedStore: KeyRingStore {
  private let store: DirectoryStore
  private let interruption: Mutex<(@Sendable () async -> Void)?>

  init(store: DirectoryStore, _ interruption: @escaping @Sendable () async -> Void) {
    self.store = store
    self.interruption = Mutex(interruption)
  }

  func load() throws(KeyRingError) -> KeyRingState? { try store.load() }

  func commit(
    _ ring: KeyRingState, _ events: [RingEvent], adding keys: [SigningKey], expecting expected: Int,
    at now: NumericDate
  ) throws(KeyRingError) { try store.commit(ring, events, adding: keys, expecting: expected, at: now) }

  func signingKey(_ key: RingKey) async throws(KeyRingError) -> SigningKey {
    await interruption.withLock { $0.take() }?()
    return try store.signingKey(key)
  }

  func changes() -> AsyncStream<Void> { store.changes() }
}
