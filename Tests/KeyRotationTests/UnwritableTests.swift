import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct UnwritableTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test("A path below a file is refused with what the system said")
  func belowFile() throws {
    try DirectoryStore(directory.ring).create([.es256], at: birth)
    let store = DirectoryStore(directory.ring + "/ring.json/ring")
    let error = #expect(throws: KeyRingError.self) { try store.create([.es256], at: birth) }
    #expect(
      error?.description
        == "could not read \(directory.ring)/ring.json/ring/ring.json: Not a directory")
    #expect(throws: KeyRingError.self) { _ = try store.existing() }
  }

  @Test("A file where the directory should be is refused")
  func file() throws {
    try DirectoryStore(directory.ring).create([.es256], at: birth)
    let store = DirectoryStore(directory.ring + "/ring.json")
    let error = #expect(throws: KeyRingError.self) { try store.create([.es256], at: birth) }
    #expect(error?.description.contains("Not a directory") == true)
  }

  // Permission bits don't stop the superuser, who may run these tests: the file system says no instead.
  @Test(
    "A directory that can't be written refuses ring and rotation, and what is there goes on",
    arguments: [13, 30, 28] as [Int32])
  func readOnly(code: Int32) async throws {
    let good = DirectoryStore(directory.ring)
    let files = { [directory] in
      try FaultyFileSystem(directory, .fails(call: 1, code: code)) { $0.hasPrefix("create ") }
    }
    #expect(throws: KeyRingError.self) {
      try DirectoryStore(directory.ring, files: files()).create([.es256], at: birth)
    }
    let ring = try good.create([.es256], at: birth)
    let error = await #expect(throws: KeyRingError.self) {
      try await DirectoryStore(directory.ring, files: files()).rotate(at: birth)
    }
    #expect(error?.description.hasPrefix("could not create \(directory.ring)/") == true)
    #expect(try good.existing() == ring)
    #expect(try await good.opened().epoch == 1)
  }

  @Test("A process that starts on a full disk publishes and signs with the ring that is there")
  func fullDisk() async throws {
    let good = DirectoryStore(directory.ring)
    let made = try good.create([.es256], at: birth)
    let files = try FaultyFileSystem(directory, .refuses(code: 28)) { $0.hasPrefix("create ") }
    // A step is pending: a reservation has to be renewed.
    let pending = try #require(made.nextDue(made.policy))
    let full = DirectoryStore(directory.ring, files: files)
    let ring = try await KeyRing.open(full, clock: .fixed(pending))
    #expect(ring.epoch == 1 && !ring.jwkSet.keys.isEmpty)
    #expect(files.calls.contains { $0.hasPrefix("create ") })
    let rotator = KeyRotator(ring)
    await rotator.cycle()
    #expect(await rotator.lastError?.code == "file")
    files.set(.none)
    await rotator.cycle()
    #expect(await rotator.lastError == nil && ring.epoch == 2)
  }
}
