import JOSECore
import KeyRotation
import Testing

/// The power goes after each call in turn, and the disk has done what it likes with changes that weren't made durable.
@Suite struct PowerLossTests {
  @Test(
    "After a power cut in a rotation the ring signs, as the old one or the new one",
    arguments: PowerLossFileSystem.Disk.allCases)
  func rotation(disk: PowerLossFileSystem.Disk) async throws {
    var calls = 0
    while true {
      let files = PowerLossFileSystem()
      let store = DirectoryStore("/data/ring", files: files)
      try store.create([.es256], at: birth)
      files.stop(afterCalls: calls)
      let result = await outcome { try await store.rotate(at: birth) }
      files.restart(disk)
      let snapshot = try await store.opened()
      #expect(try snapshot.signingKey(for: .es256).keyID == snapshot.ring.keyIDs(.active)[0])
      // What was reported done is done for good.
      if let ring = try? result.get() { #expect(snapshot.ring == ring, "after call \(calls)") }
      // Where the rotation is done, the new standby begins to wait.
      let waiting = try await store.step(policy, at: birth).ring
      #expect(waiting.epoch == (snapshot.epoch == 1 ? 1 : 3))
      #expect(try await store.rotate(at: birth + policy.propagation).epoch == waiting.epoch + 1)
      #expect(try await store.opened().epoch == waiting.epoch + 1)
      if calls > 80 { break }
      calls += 1
    }
  }

  @Test("A ring that was reported made survives a power cut", arguments: PowerLossFileSystem.Disk.allCases)
  func created(disk: PowerLossFileSystem.Disk) async throws {
    let files = PowerLossFileSystem()
    let store = DirectoryStore("/var/data/ring", files: files)
    let ring = try store.create([.es256], at: birth)
    files.restart(disk)
    #expect(try store.existing() == ring)
    #expect(try await store.opened().epoch == 1)
  }

  @Test(
    "After a power cut in the making there is a whole ring or none, and then one can be made",
    arguments: PowerLossFileSystem.Disk.allCases)
  func creation(disk: PowerLossFileSystem.Disk) async throws {
    for calls in 0...40 {
      let files = PowerLossFileSystem()
      let store = DirectoryStore("/var/data/ring", files: files)
      files.stop(afterCalls: calls)
      let result = Result { try store.create([.es256], at: birth) }
      files.restart(disk)
      do throws(KeyRingError) { _ = try store.existing() } catch {
        #expect(error == .missing(directory: "/var/data/ring"))
        #expect((try? result.get()) == nil, "after call \(calls)")
        try store.create([.es256], at: birth)
      }
      #expect(try await store.opened().epoch == 1)
    }
  }

  @Test("A ring made after a first try that failed survives a power cut too")
  func secondTry() throws {
    for calls in 0...12 {
      let files = PowerLossFileSystem()
      let store = DirectoryStore("/var/data/ring", files: files)
      files.stop(afterCalls: calls)
      guard (try? store.create([.es256], at: birth)) == nil else { continue }
      // The process fails, the machine goes on: nothing is lost yet, and not everything is durable.
      files.stop(afterCalls: .max)
      let ring = try store.create([.es256], at: birth)
      files.restart(.lazy)
      #expect(try store.existing() == ring, "after call \(calls)")
    }
  }
}
