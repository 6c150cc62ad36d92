import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

/// What the crash tests rely on finds what it is there to find.
@Suite struct InspectionTests {
  private let scratch: TemporaryDirectory
  private let store: DirectoryStore
  private let files = POSIXFileSystem()

  init() async throws {
    scratch = try TemporaryDirectory()
    store = DirectoryStore(scratch.path)
    try store.create(.brief(), at: start)
    try await store.settle(.brief(), clock: .fixed(start.advanced(by: 250)))
  }

  private var violations: [String] { RingInspection(scratch.path).violations }

  @Test("an inspection passes a ring that is as it should be, and one that isn't there yet")
  func passes() throws {
    #expect(violations == [])
    #expect(RingInspection(scratch.path + "/none").violations == [])
  }

  @Test(
    "an inspection finds a missing private key, active or standby",
    arguments: [RingKey.State.active, .published])
  func findsMissingKey(_ state: RingKey.State) throws {
    let key = try #require(try store.existing().keys(state).first)
    try files.remove("\(scratch.path)/\(key.keyID).pem")
    #expect(violations.count == 1)
  }

  @Test("an inspection finds a manifest and a log that are damaged", arguments: ["ring.json", "audit.log"])
  func findsDamage(_ name: String) throws {
    try files.replace("\(scratch.path)/\(name)", with: Array("{}\n".utf8).span, permissions: 0o644)
    #expect(violations.count == 1)
  }

  @Test("an inspection finds a key that signs a second too early")
  func findsEarlySigner() async throws {
    let path = scratch.path + "/ring.json"
    let propagation = try RotationPolicy.brief().propagation
    let rotation = start.advanced(by: 250 + 200).secondsSinceEpoch
    try await store.step(.brief(), at: NumericDate(rotation))
    let text = String(decoding: try files.contents(of: path, limit: 1 << 20).bytes, as: UTF8.self)
    let early = text.replacing(
      "\"activated\": \(rotation)", with: "\"activated\": \(start.secondsSinceEpoch + 250 + propagation - 1)")
    #expect(early != text)
    try files.replace(path, with: Array(early.utf8).span, permissions: 0o644)
    #expect(violations.count == 1 && violations[0].hasSuffix("too early"))
  }
}
