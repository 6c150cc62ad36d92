import JOSECore
import KeyRotation
import TestSupport
import Testing

/// The power goes after each call in turn, and the disk has done what it likes with changes that weren't made durable.
@Suite struct PowerLossTests {
  @Test(
    "After a power cut in a rotation the ring signs, as the old one or the new one",
    arguments: DiskJournal.Disk.allCases)
  func rotation(disk: DiskJournal.Disk) async throws {
    var calls = 0
    while true {
      let files = try FaultyFileSystem(TemporaryDirectory())
      let cut = DirectoryStore(files.root + "/ring", files: files)
      try cut.create([.es256], at: birth)
      files.set(.stops(call: calls + 1))
      let result = await outcome { try await cut.rotate(at: birth) }
      let restarted = try files.afterPowerCut(disk)
      let store = DirectoryStore(restarted.root + "/ring", files: restarted)
      let snapshot = try await store.opened()
      #expect(try snapshot.signingKey(for: .es256).keyID == snapshot.ring.keyIDs(.active)[0])
      // What was reported done is done for good.
      if let ring = try? result.get() { #expect(snapshot.ring == ring, "after call \(calls)") }
      // Where the rotation is done, the new standby begins to wait.
      let waiting = try await store.step(policy, at: birth).ring
      #expect(waiting.epoch == (snapshot.epoch == 1 ? 1 : 3))
      #expect(try await store.rotate(at: birth + policy.propagation).epoch == waiting.epoch + 1)
      #expect(try await store.opened().epoch == waiting.epoch + 1)
      if files.calls.count <= calls { break }
      calls += 1
    }
    // Fewer would mean that the power went before the writing.
    #expect(calls > 20)
  }

  @Test("A ring that was reported made survives a power cut", arguments: DiskJournal.Disk.allCases)
  func created(disk: DiskJournal.Disk) async throws {
    let files = try FaultyFileSystem(TemporaryDirectory())
    let ring = try DirectoryStore(files.root + "/data/ring", files: files).create([.es256], at: birth)
    let restarted = try files.afterPowerCut(disk)
    let store = DirectoryStore(restarted.root + "/data/ring", files: restarted)
    #expect(try store.existing() == ring)
    #expect(try await store.opened().epoch == 1)
  }

  @Test(
    "After a power cut in the making there is a whole ring or none, and then one can be made",
    arguments: DiskJournal.Disk.allCases)
  func creation(disk: DiskJournal.Disk) async throws {
    for calls in 0...40 {
      let files = try FaultyFileSystem(TemporaryDirectory(), .stops(call: calls + 1))
      let result = Result {
        try DirectoryStore(files.root + "/data/ring", files: files).create([.es256], at: birth)
      }
      let restarted = try files.afterPowerCut(disk)
      let store = DirectoryStore(restarted.root + "/data/ring", files: restarted)
      do throws(KeyRingError) { _ = try store.existing() } catch {
        #expect(error == .missing(directory: store.directory))
        #expect((try? result.get()) == nil, "after call \(calls)")
        try store.create([.es256], at: birth)
      }
      #expect(try await store.opened().epoch == 1)
    }
  }

  @Test("A ring made after a first try that failed survives a power cut too")
  func secondTry() throws {
    for calls in 0...12 {
      let files = try FaultyFileSystem(TemporaryDirectory(), .stops(call: calls + 1))
      let store = DirectoryStore(files.root + "/data/ring", files: files)
      guard (try? store.create([.es256], at: birth)) == nil else { continue }
      // The process fails, the machine goes on: nothing is lost yet, and not everything is durable.
      files.set(.none)
      let ring = try store.create([.es256], at: birth)
      let restarted = try files.afterPowerCut(.lazy)
      #expect(
        try DirectoryStore(restarted.root + "/data/ring", files: restarted).existing() == ring,
        "after call \(calls)")
    }
  }
}
