import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct CrashTests {
  @Test(
    "a change that ends before any of its system calls leaves the old ring or the new one",
    arguments: Change.all)
  func stops(_ change: Change) async throws {
    let rehearsal = try await Rehearsal(change)
    for (index, call) in rehearsal.calls.enumerated() {
      let (_, store) = try rehearsal.disk(.stops(call: index + 1))
      let outcome = await Outcome(change, store)
      try await rehearsal.checkRestart(store.directory, outcome, "stopped before \(call)")
    }
  }

  @Test(
    "a change that ends within any of its writes leaves the old ring or the new one", arguments: Change.all)
  func tears(_ change: Change) async throws {
    let rehearsal = try await Rehearsal(change)
    let writes = rehearsal.calls.enumerated().filter { $0.element.hasPrefix("write") }
    #expect(!writes.isEmpty)
    for (index, call) in writes {
      let (_, store) = try rehearsal.disk(.tears(call: index + 1))
      let outcome = await Outcome(change, store)
      try await rehearsal.checkRestart(store.directory, outcome, "torn in \(call)")
    }
  }

  @Test(
    "two crashes in a row lose no more than one",
    arguments: [FaultyFileSystem.Fault.stops, FaultyFileSystem.Fault.tears])
  func twice(_ fault: @Sendable (Int) -> FaultyFileSystem.Fault) async throws {
    let first = try await Rehearsal(.revokeStandby)
    for (index, call) in first.calls.enumerated() {
      let (crashed, store) = try first.disk(fault(index + 1))
      _ = await Outcome(first.change, store)
      let image = try DiskImage(of: crashed.root)
      for next in 1...first.calls.count {
        let disk = try FaultyFileSystem(TemporaryDirectory(image), fault(next))
        let store = DirectoryStore(disk.root + "/ring", files: disk)
        _ = try? await store.step(.brief(), at: start.advanced(by: 250))
        await Self.checkHealed(store.directory, "stopped before \(call), then before call \(next)")
      }
    }
  }

  private static func checkHealed(_ directory: String, _ comment: Comment) async {
    let store = DirectoryStore(directory)
    do {
      _ = try store.audit()
      try await store.step(.brief(), at: start.advanced(by: 600))
      #expect(try store.logLines().count == (try store.audit().count), comment)
    } catch { Issue.record("\(comment): \(error)") }
  }
}
