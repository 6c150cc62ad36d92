import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

@Suite("Every change of a ring is in its log, and an edit or a cut shows") struct AuditTests {
  private let directory: TemporaryDirectory
  private let store: DirectoryStore

  init() throws {
    directory = try TemporaryDirectory()
    store = DirectoryStore(directory.ring)
  }

  /// A ring with three entries in its log, and their lines.
  private func threeChanges() async throws -> [String] {
    try store.create([.es256], at: birth)
    try await store.rotate(at: birth)
    try await store.step(policy, at: birth, .revoke(keyID: existingActive(), reason: "laptop stolen"))
    return try directory.text(of: "ring/audit.log").split(separator: "\n").map(String.init)
  }

  private func existingActive() throws -> String { try store.existing().keyIDs(.active)[0] }

  private func write(_ lines: [String]) throws {
    try directory.write(lines.map { $0 + "\n" }.joined(), to: "ring/audit.log", permissions: 0o644)
  }

  private func expectRefusal(line: Int) throws {
    let error = #expect(throws: KeyRingError.self) { _ = try store.audit() }
    let description = error?.description ?? ""
    #expect(description.hasPrefix("\(directory.ring)/audit.log, line \(line): "), "\(description)")
  }

  @Test("An entry has number, time, epoch, process and what happened, and follows from the one before")
  func entries() async throws {
    let lines = try await threeChanges()
    let entries = try store.audit()
    #expect(entries.map(\.number) == [1, 2, 3])
    #expect(entries.map(\.epoch) == [1, 2, 3])
    #expect(entries.allSatisfy { $0.time == birth && !$0.actor.isEmpty })
    #expect(entries[0].previousHash.isEmpty)
    #expect(Set(entries.map(\.previousHash)).count == 3)
    #expect(entries[0].events.contains("ring created"))
    #expect(entries[2].events.contains { $0.hasSuffix(": laptop stolen") })
    #expect(lines == entries.map { "\($0.json)" })
  }

  @Test("Whose change it was is who the store was told that it is")
  func actor() throws {
    let store = DirectoryStore(directory.ring, files: POSIXFileSystem(), actor: "till-7")
    try store.create([.es256], at: birth)
    #expect(try store.audit().map(\.actor) == ["till-7"])
  }

  @Test("A reader of the log gets it whole while the ring changes, with the change")
  func changedMeanwhile() async throws {
    try store.create([.es256], at: birth)
    let files = try FaultyFileSystem(directory, .interrupted { [store] in try store.rotateAtOnce(at: birth) })
    {
      $0 == "read ring/audit.log"
    }
    #expect(try DirectoryStore(directory.ring, files: files).audit().map(\.epoch) == [1, 2])
  }

  @Test("A log that was edited is refused from the line on", arguments: [0, 1, 2])
  func edited(index: Int) async throws {
    var lines = try await threeChanges()
    lines[index] = lines[index].replacing("\"epoch\":\(index + 1)", with: "\"epoch\":9")
    try write(lines)
    // The line after the edit doesn't follow; after the last there is only the manifest.
    try expectRefusal(line: min(index + 2, 3))
  }

  @Test("A log that was cut, at its beginning, middle or end, is refused")
  func cut() async throws {
    let lines = try await threeChanges()
    try write(Array(lines.dropFirst()))
    try expectRefusal(line: 1)
    try write([lines[0], lines[2]])
    try expectRefusal(line: 2)
    try write([lines[0]])
    try expectRefusal(line: 1)
    try write([])
    try expectRefusal(line: 0)
    try directory.remove("ring/audit.log")
    try expectRefusal(line: 0)
  }

  @Test("A log in another order, with a line twice or with one too many is refused")
  func reordered() async throws {
    let lines = try await threeChanges()
    try write([lines[1], lines[0], lines[2]])
    try expectRefusal(line: 1)
    try write([lines[0], lines[1], lines[1], lines[2]])
    try expectRefusal(line: 3)
    try write(lines + [lines[2]])
    try expectRefusal(line: 4)
    try write([lines[0], "{}", lines[2]])
    try expectRefusal(line: 2)
  }

  @Test("Where there is no ring there is no log")
  func missing() {
    #expect(throws: KeyRingError.missing(directory: directory.ring)) { _ = try store.audit() }
  }
}
