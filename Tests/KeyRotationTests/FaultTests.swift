import JOSECore
import KeyRotation
import TestSupport
import Testing

/// Every call to the file system fails once, or is the process's last, before it takes effect or after.
@Suite struct FaultTests {
  typealias Fault = FaultyFileSystem.Fault
  static let faults: [@Sendable (Int) -> Fault] = [
    { .fails(call: $0, code: 28) }, Fault.stops, Fault.stopsAfter,
  ]
  static let algorithms: [Algorithm] = [.es256, .edDSA]

  @Test(
    "However a rotation fails, the ring opens as the old one or the new one, signs, and can rotate on",
    arguments: faults)
  func rotation(fault: @Sendable (Int) -> Fault) async throws {
    var call = 0
    while true {
      call += 1
      let directory = try TemporaryDirectory()
      let store = DirectoryStore(directory.ring)
      let old = try store.create(Self.algorithms, at: birth)
      let files = try FaultyFileSystem(directory, fault(call))
      let result = await outcome {
        try await DirectoryStore(directory.ring, files: files).rotate(at: birth)
      }
      guard files.calls.count >= call else {
        _ = try result.get()
        break
      }
      let ring = try await Self.expectUsable(store)
      #expect(ring == old || ring.epoch == 2, "call \(call)")
      if let returned = try? result.get() { #expect(ring == returned, "call \(call)") }
      // Where the rotation is done, the new standby begins to wait.
      let waiting = try await store.step(ring.policy, at: birth).ring
      #expect(waiting.epoch == (ring == old ? 1 : 3), "call \(call)")
      if waiting != ring { try Self.expectNoLeftovers(directory, waiting) }
      let next = try await store.rotate(at: birth + policy.propagation)
      #expect(next.epoch == waiting.epoch + 1)
      try await Self.expectUsable(store)
      try Self.expectNoLeftovers(directory, next)
      #expect(try store.audit().map(\.epoch) == Array(1...next.epoch), "call \(call)")
    }
    // Fewer would mean that the faults missed the writing.
    #expect(call > 20)
  }

  @Test(
    "However the making of a ring fails, there is a whole ring or none, and then one can be made",
    arguments: faults)
  func creation(fault: @Sendable (Int) -> Fault) async throws {
    var call = 0
    while true {
      call += 1
      let directory = try TemporaryDirectory()
      let path = directory.path + "/above/ring"
      let store = DirectoryStore(path)
      let files = try FaultyFileSystem(directory, fault(call))
      let result = Result { try DirectoryStore(path, files: files).create(Self.algorithms, at: birth) }
      guard files.calls.count >= call else {
        _ = try result.get()
        break
      }
      do throws(KeyRingError) {
        let ring = try store.existing()
        #expect(ring.epoch == 1)
      } catch {
        #expect(error == .missing(directory: path), "call \(call)")
        #expect((try? result.get()) == nil)
        try store.create(Self.algorithms, at: birth)
      }
      try await Self.expectUsable(store)
      try await store.rotate(at: birth)
      try await Self.expectUsable(store)
    }
    #expect(call > 30)
  }

  @Test("An error while opening is an error, and no half of a ring", arguments: [5, 13] as [Int32])
  func opening(code: Int32) async throws {
    let directory = try TemporaryDirectory()
    try DirectoryStore(directory.ring).create(Self.algorithms, at: birth)
    // Its manifest and its two active keys; between them comes the directory's fsync, without which reading goes on.
    for call in [1, 3, 4] {
      let files = try FaultyFileSystem(directory, .fails(call: call, code: code))
      await #expect(throws: KeyRingError.self) {
        _ = try await DirectoryStore(directory.ring, files: files).opened()
      }
    }
  }

  @discardableResult
  private static func expectUsable(_ store: DirectoryStore) async throws -> KeyRingState {
    let snapshot = try await store.opened()
    for algorithm in algorithms {
      let key = try snapshot.signingKey(for: algorithm)
      #expect(snapshot.ring.activeKey(for: algorithm)?.keyID == key.keyID)
      #expect(snapshot.jwks[key.keyID] != nil)
    }
    return snapshot.ring
  }

  private static func expectNoLeftovers(_ directory: TemporaryDirectory, _ ring: KeyRingState) throws {
    let keys = ring.keys.filter { [.active, .published].contains($0.state) }.map { "\($0.keyID).pem" }
    #expect(try directory.names(in: "ring") == (keys + ["audit.log", "ring.json", "ring.lock"]).sorted())
  }
}
