import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite("What a crash kept from the log the manifest has, and the next change writes") struct AuditHealingTests
{
  private let directory: TemporaryDirectory
  private let store: DirectoryStore

  init() async throws {
    directory = try TemporaryDirectory()
    store = DirectoryStore(directory.ring)
    try store.create([.es256], at: birth)
    try await store.rotate(at: birth)
    try await store.step(policy, at: birth)  // the wait of the new standby begins
  }

  @Test("The last line may be missing, or be cut anywhere; with the next change it is whole again")
  func lastLine() async throws {
    let log = try directory.text(of: "ring/audit.log")
    let entries = log.split(separator: "\n").map(String.init)
    let two = entries.prefix(2).map { $0.count + 1 }.reduce(0, +)
    let manifest = try directory.text(of: "ring/ring.json")
    let keyFile = "\(try store.existing().keyIDs(.active)[0]).pem"
    let key = try directory.text(of: "ring/\(keyFile)")
    for length in [two, two + 1, two + 20, log.count - 2, log.count - 1] {
      try directory.write(String(log.prefix(length)), to: "ring/audit.log", permissions: 0o644)
      #expect(try store.audit().map(\.number) == [1, 2, 3], "cut to \(length)")
      try await store.rotate(at: birth + policy.propagation)
      #expect(try store.audit().map(\.number) == [1, 2, 3, 4], "cut to \(length)")
      let lines = try directory.text(of: "ring/audit.log").split(separator: "\n").map(String.init)
      #expect(lines == (try store.audit().map { "\($0.json)" }))
      // Back to where it was, with the private key that the rotation destroyed.
      try directory.write(manifest, to: "ring/ring.json", permissions: 0o644)
      try directory.write(key, to: "ring/\(keyFile)", permissions: 0o600)
    }
  }

  @Test("While the log can't be written one change goes through, and the next is refused: no entry is lost")
  func unwritable() async throws {
    let full = {
      [directory] in
      try FaultyFileSystem(directory, .fails(call: 1, code: 28)) { $0 == "open ring/audit.log" }
    }
    let broken = try DirectoryStore(directory.ring, files: full())
    let ring = try await broken.rotate(at: birth + policy.propagation)
    #expect(try store.existing() == ring)
    #expect(try store.audit().map(\.epoch) == [1, 2, 3, 4])

    await #expect(throws: KeyRingError.self) {
      try await DirectoryStore(directory.ring, files: full()).step(policy, at: birth + policy.propagation)
    }
    #expect(try store.existing() == ring)
    try await store.step(policy, at: birth + policy.propagation)
    #expect(try store.audit().map(\.epoch) == [1, 2, 3, 4, 5])
  }
}
