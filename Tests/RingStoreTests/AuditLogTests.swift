import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

@Suite struct AuditLogTests {
  /// A ring of six changes, a line each.
  private static func ring() async throws -> (TemporaryDirectory, DirectoryStore) {
    let scratch = try TemporaryDirectory()
    let store = DirectoryStore(scratch.path)
    try store.create(.brief(), at: start)
    for round in 1...5 {
      let keyID = try #require(try store.existing().standby(for: .edDSA)).keyID
      let now = start.advanced(by: Int64(round) * 10)
      try await store.step(.brief(), at: now, .revoke(keyID: keyID, reason: "Prüfung \(round)"))
    }
    #expect(try store.audit().map(\.number) == [1, 2, 3, 4, 5, 6])
    return (scratch, store)
  }

  /// The line that the audit names after the log was changed.
  private static func lineFound(_ store: DirectoryStore, after change: (inout [String]) -> Void) throws
    -> Int?
  {
    var lines = try store.logLines()
    change(&lines)
    try store.writeLog(Array(lines.map { $0 + "\n" }.joined().utf8))
    do throws(KeyRingError) { _ = try store.audit() } catch {
      let prefix = "\(store.directory)/audit.log, line "
      guard error.code == "invalid_audit_log", error.description.hasPrefix(prefix) else { throw error }
      return Int(error.description.dropFirst(prefix.count).prefix { $0.isNumber })
    }
    return nil
  }

  @Test("an edited line shows, there or where the next line should follow from it", arguments: 1...6)
  func edited(_ number: Int) async throws {
    let (scratch, store) = try await Self.ring()
    let found = try Self.lineFound(store) { lines in
      lines[number - 1] = lines[number - 1].replacing(#""actor":"uid"#, with: #""actor":"somebody, uid"#)
    }
    #expect(found == min(number + 1, 6))
    _ = scratch
  }

  @Test("an edit that leaves what the line says as it is shows too", arguments: 1...6)
  func respelled(_ number: Int) async throws {
    let (scratch, store) = try await Self.ring()
    #expect(
      try Self.lineFound(store) { $0[number - 1] = $0[number - 1].replacing(#""n":"#, with: #""n": "#) }
        == number)
    _ = scratch
  }

  @Test("an event that is no text shows", arguments: 1...6)
  func strangeEvent(_ number: Int) async throws {
    let (scratch, store) = try await Self.ring()
    let found = try Self.lineFound(store) {
      $0[number - 1] = $0[number - 1].replacing(#""events":["#, with: #""events":[7,"#)
    }
    #expect(found == number)
    _ = scratch
  }

  @Test("a removed line shows where it was missing", arguments: 1...5)
  func removed(_ number: Int) async throws {
    let (scratch, store) = try await Self.ring()
    #expect(try Self.lineFound(store) { $0.remove(at: number - 1) } == number)
    _ = scratch
  }

  @Test("two lines that were exchanged show at the first of them", arguments: 1...5)
  func reordered(_ number: Int) async throws {
    let (scratch, store) = try await Self.ring()
    #expect(try Self.lineFound(store) { $0.swapAt(number - 1, number) } == number)
    _ = scratch
  }

  @Test("a line that lacks its end shows", arguments: 1...5)
  func truncated(_ number: Int) async throws {
    let (scratch, store) = try await Self.ring()
    #expect(try Self.lineFound(store) { $0[number - 1].removeLast(9) } == number)
    _ = scratch
  }

  @Test("a log whose end is gone shows at its last line", arguments: 2...6)
  func shortened(_ count: Int) async throws {
    let (scratch, store) = try await Self.ring()
    #expect(try Self.lineFound(store) { $0.removeLast(count) } == 6 - count)
    _ = scratch
  }

  @Test("a line that isn't of this log shows, at the end too", arguments: [0, 3, 6])
  func inserted(_ index: Int) async throws {
    let (scratch, store) = try await Self.ring()
    #expect(try Self.lineFound(store) { $0.insert($0[1], at: index) } == index + 1)
    _ = scratch
  }

  @Test("a last line that a crash has cut at any byte is no error, and the next change completes it")
  func cutLastLine() async throws {
    let (scratch, store) = try await Self.ring()
    let image = try DiskImage(of: store.directory)
    let log = try #require(image.files["audit.log"]).bytes
    let lastLine = try #require(try store.logLines().last).utf8.count + 1
    for length in (log.count - lastLine)..<log.count {
      let scratch = try TemporaryDirectory(image)
      let store = DirectoryStore(scratch.path)
      try store.writeLog(Array(log[..<length]))
      #expect(try store.audit().count == 6, "cut to \(length) bytes")
      guard length % 16 == 0 || length == log.count - 1 else { continue }
      try await store.step(.brief(), at: start.advanced(by: 400))
      #expect(try store.audit().count == 7, "cut to \(length) bytes")
      #expect(try store.logLines().count == 7, "cut to \(length) bytes")
    }
    _ = scratch
  }
}

extension DirectoryStore {
  fileprivate func writeLog(_ bytes: [UInt8]) throws {
    try POSIXFileSystem().replace(directory + "/audit.log", with: bytes.span, permissions: 0o644)
  }
}
