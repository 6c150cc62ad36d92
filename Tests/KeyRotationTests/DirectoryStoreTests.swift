import JOSECore
import KeyRotation
import SystemSupport
import TestSupport
import Testing

@Suite struct DirectoryStoreTests {
  private let directory: TemporaryDirectory
  private let store: DirectoryStore

  init() throws {
    directory = try TemporaryDirectory()
    store = DirectoryStore(directory.ring)
  }

  @Test("A new ring comes back as it was made")
  func createAndLoad() throws {
    let ring = try store.create([.es256, .edDSA], at: birth)
    #expect(try store.existing() == ring)
    #expect(ring.policy.algorithms == [.es256, .edDSA])
  }

  @Test("Each algorithm's ring can be made, opened and rotated", arguments: Algorithm.everyKind)
  func everyAlgorithm(algorithm: Algorithm) async throws {
    try store.create([algorithm], at: birth)
    let next = try await store.rotate(at: birth)
    #expect(try store.existing() == next)
    #expect(
      try await store.opened().signingKey(for: algorithm).keyID == next.activeKey(for: algorithm)?.keyID)
  }

  @Test("There is a key file for each key that signs or may, and no other file but manifest, log and lock")
  func files() throws {
    let ring = try store.create([.es256, .edDSA], at: birth)
    let keys = ring.keys.map { "\($0.keyID).pem" }
    #expect(try directory.names(in: "ring") == (keys + ["audit.log", "ring.json", "ring.lock"]).sorted())
  }

  @Test("Key files are for their owner alone, the manifest for everyone")
  func permissions() async throws {
    let ring = try await store.rotateAfterCreate([.es256])
    for key in ring.keys where key.state != .retired {
      #expect(try directory.permissions(of: "ring/\(key.keyID).pem") == 0o600)
    }
    #expect(try directory.permissions(of: "ring/ring.json") & 0o133 == 0)
  }

  @Test("The manifest holds public keys and dates, and nothing private")
  func manifest() throws {
    try store.create(Algorithm.everyKind, at: birth)
    let manifest = try JSONValue(parsing: directory.text(of: "ring/ring.json"), maximumLength: 1 << 20)
    let keys = try #require(manifest.object?["keys"]?.array)
    #expect(keys.count == 2 * Algorithm.everyKind.count)
    for key in keys {
      let members = try #require(key.object?["jwk"]?.object).members.map(\.name)
      #expect(Set(members).isSubset(of: ["kty", "crv", "x", "y", "n", "e"]))
    }
    #expect(try !directory.text(of: "ring/ring.json").contains("PRIVATE"))
  }

  @Test("The retired key's private half is gone after the rotation, its public half stays")
  func retiredFile() async throws {
    let ring = try store.create([.es256], at: birth)
    let old = try #require(ring.activeKey(for: .es256)).keyID
    let next = try await store.rotate(at: birth)
    #expect(try !directory.names(in: "ring").contains("\(old).pem"))
    #expect(next[old]?.state == .retired)
    #expect(try await store.opened().jwks[old] != nil)
  }

  @Test("A second ring in the same directory is refused, and the first stays as it is")
  func twice() async throws {
    let ring = try store.create([.es256], at: birth)
    let error = #expect(throws: KeyRingError.alreadyExists(directory: directory.ring)) {
      try store.create([.edDSA], at: birth)
    }
    #expect(error?.description == "there is a key ring in \(directory.ring) already")
    #expect(try store.existing() == ring)
    #expect(try await store.opened().signingKey(for: .es256).keyID == ring.keyIDs(.active)[0])
  }

  @Test("Where there is no ring, the reason says how to make one")
  func missing() async throws {
    let expected = KeyRingError.missing(directory: directory.ring)
    #expect(throws: expected) { _ = try store.existing() }
    #expect(try await store.snapshot() == nil)
    await #expect(throws: KeyRingError.noRing) { try await store.step(policy, at: birth) }
    #expect(expected.description.contains("idtoken keys init --ring \(directory.ring)"))
  }

  @Test(
    "Directories above the ring's are made, with a slash at the end or without", arguments: ["", "/", "//"])
  func nested(end: String) async throws {
    let nested = DirectoryStore(directory.path + "/a/b/c" + end)
    let ring = try nested.create([.es256], at: birth)
    #expect(try nested.existing() == ring)
    #expect(try await nested.opened().epoch == 1)
  }

  @Test("A ring of nothing, or of a symmetric algorithm, is refused and leaves no ring")
  func badAlgorithms() throws {
    for (algorithms, reason) in [([], "algorithms is empty"), ([.es256, .hs256], "HS256 is symmetric")]
      as [([Algorithm], String)]
    {
      let error = #expect(throws: KeyRingError.self) { try store.create(algorithms, at: birth) }
      #expect(error?.description.hasPrefix("the policy is refused: \(reason)") == true)
    }
    #expect(throws: KeyRingError.missing(directory: directory.ring)) { _ = try store.existing() }
    try store.create([.es256], at: birth)
  }

  @Test("A refused rotation begins the wait of its standby all the same, so that a later one is not refused")
  func refusalBeginsWait() async throws {
    try await store.rotateAfterCreate([.es256])
    let clock = birth + 2 * policy.propagation
    let earliest = clock + policy.propagation
    for now in [clock, earliest + -1] {
      let error = await #expect(throws: KeyRingError.self) { try await store.rotate(at: now) }
      #expect(error?.code == "standby_too_young" && error?.description.contains("\(earliest), ") == true)
    }
    let standby = try store.existing().keyIDs(.published)
    #expect(try await store.rotate(at: earliest).keyIDs(.active) == standby)
  }

  @Test("A directory with a ring's log and no manifest takes no new ring, which would destroy the keys in it")
  func manifestLost() throws {
    try store.create([.es256], at: birth)
    try POSIXFileSystem().remove(directory.ring + "/ring.json")
    let names = try directory.names(in: "ring")
    let error = #expect(throws: KeyRingError.manifestLost(directory: directory.ring)) {
      try store.create([.es256], at: birth)
    }
    #expect(error?.description.contains("Restore ring.json") == true)
    #expect(try directory.names(in: "ring") == names)
  }

  @Test("A rotation that is refused changes no file where there is nothing else to do")
  func refusedRotation() async throws {
    let ring = try await store.rotateAfterCreate([.es256])
    try await store.settle(ring.policy, clock: .fixed(birth))
    let (names, manifest) = (try directory.names(in: "ring"), try directory.text(of: "ring/ring.json"))
    await #expect(throws: KeyRingError.self) { try await store.rotate(at: birth + 1) }
    await #expect(throws: KeyRingError.self) { try await store.rotate([.rs256], at: birth + 1) }
    #expect(try directory.names(in: "ring") == names)
    #expect(try directory.text(of: "ring/ring.json") == manifest)
  }
}

extension DirectoryStore {
  @discardableResult
  fileprivate func rotateAfterCreate(_ algorithms: [Algorithm]) async throws -> KeyRingState {
    try create(algorithms, at: birth)
    return try await rotate(at: birth)
  }
}
