import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite("What a crash leaves behind goes with the next change, and what is not ours stays")
struct LeftoverTests {
  private let directory: TemporaryDirectory
  private let store: DirectoryStore
  private let thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"

  init() throws {
    directory = try TemporaryDirectory()
    store = DirectoryStore(directory.ring)
    try store.create([.es256], at: birth)
  }

  @Test("Key files that nothing refers to are removed, half-written ones too")
  func leftovers() async throws {
    try directory.write("key", to: "ring/\(thumbprint).pem")
    try directory.write("half a key", to: "ring/\(thumbprint).pem.new")
    try await store.rotate(at: birth)
    #expect(try !directory.names(in: "ring").contains { $0.hasPrefix(thumbprint) })
    #expect(try !directory.names(in: "ring").contains { $0.hasSuffix(".new") })
  }

  @Test("A half-written manifest is overwritten")
  func manifest() async throws {
    try directory.write("{\"ver", to: "ring/ring.json.new")
    let ring = try await store.rotate(at: birth)
    #expect(try store.existing() == ring)
    #expect(try !directory.names(in: "ring").contains("ring.json.new"))
  }

  @Test(
    "Files that aren't named like a key of a ring stay",
    arguments: ["server.pem", "tls-ca.pem", "README.md", "a.pem.new"])
  func foreign(name: String) async throws {
    try directory.write("mine", to: "ring/\(name)")
    try await store.rotate(at: birth)
    #expect(try directory.text(of: "ring/\(name)") == "mine")
  }

  @Test("A failed cleaning doesn't fail the rotation, and is done by the next change")
  func failedCleaning() async throws {
    let files = try FaultyFileSystem(directory, .fails(call: 1, code: 5)) {
      $0.hasPrefix("remove ") && $0.hasSuffix(".pem")
    }
    let old = try store.existing().keyIDs(.active)[0]
    let ring = try await DirectoryStore(directory.ring, files: files).rotate(at: birth)
    #expect(try store.existing() == ring)
    #expect(try directory.names(in: "ring").contains("\(old).pem"))
    // The next change: the wait of the new standby begins.
    #expect(try await store.step(policy, at: birth).ring.epoch == ring.epoch + 1)
    #expect(try !directory.names(in: "ring").contains("\(old).pem"))
  }
}
