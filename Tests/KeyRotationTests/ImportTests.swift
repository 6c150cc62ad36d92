import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite("A key that verifiers know already goes on signing in a new ring") struct ImportTests {
  private let directory: TemporaryDirectory
  private let store: DirectoryStore
  private let key: RingSigningKey

  init() throws {
    directory = try TemporaryDirectory()
    store = DirectoryStore(directory.ring)
    key = try .generate(.es256)
  }

  @Test("It alone is original and signs; its standby waits until every older JWKS is out of date")
  func standbyWaits() async throws {
    let ring = try store.create(policy, importing: key, at: birth)
    #expect(ring.keyIDs(.active) == [key.keyID])
    #expect(ring.keys.filter(\.isOriginal).map(\.keyID) == [key.keyID])
    #expect(try #require(ring.standby(for: .es256)).maySignFrom(policy) == nil)
    let waiting = try await store.step(policy, at: birth).ring
    #expect(waiting.standby(for: .es256)?.maySignFrom(policy) == birth + policy.propagation)
    #expect(try await store.opened().signingKey(for: .es256).keyID == key.keyID)
    await #expect(throws: KeyRingError.self) { try await store.rotate(at: birth + policy.propagation + -1) }
    let next = try await store.rotate(at: birth + policy.propagation)
    #expect(next[key.keyID]?.state == .retired)
  }

  @Test("Beside it, the keys of other algorithms wait too")
  func others() throws {
    let both = policy.with([.es256, .edDSA])
    let ring = try store.create(both, importing: key, at: birth).waiting(at: birth)
    #expect(ring.keyIDs(.active) == [key.keyID])
    #expect(ring.keys(.published, .edDSA).count == 2)
    let from = birth + both.propagation
    #expect(try ring.taken(at: from + -1).ring.activeKey(for: .edDSA) == nil)
    #expect(try ring.taken(at: from).ring.activeKey(for: .edDSA) != nil)
  }

  @Test("It keeps the kid and the end that verifiers know of it, in JWKS, manifest and tokens")
  func keptName() async throws {
    let end = birth + policy.reservation
    let named = try RingSigningKey(key.key, keyID: "2024/03", notAfter: end)
    try store.create(policy, importing: named, at: birth)
    #expect(try directory.names(in: "ring").contains("\(key.keyID).pem"))
    let snapshot = try await store.opened()
    #expect(snapshot.jwks["2024/03"]?.key == key.key.publicKey)
    let signingKey = try snapshot.signingKey(for: .es256)
    #expect(signingKey.keyID == "2024/03")
    #expect(try signingKey.expiry(end, at: end + -60) == end)
    #expect(try signingKey.expiry(end + 60, at: end + -60) == end)
    #expect(throws: KeyRingError.keyEnded(keyID: "2024/03", at: end)) {
      try signingKey.expiry(end + 60, at: end)
    }
    #expect(try store.existing().standby(for: .es256)?.keyID != nil)
  }

  @Test("A manifest that gives the kid another key is refused")
  func movedName() throws {
    let named = try RingSigningKey(key.key, keyID: "2024/03")
    try store.create(policy, importing: named, at: birth)
    let text = try directory.text(of: "ring/ring.json")
    let other = try RingSigningKey.generate(.es256).keyID
    for changed in [
      text.replacing(key.keyID, with: other), text.replacing("\"thumbprint\"", with: "\"comment\""),
    ] {
      #expect(changed != text)
      try directory.write(changed, to: "ring/ring.json", permissions: 0o644)
      #expect(throws: KeyRingError.self) { try store.existing() }
    }
  }

  @Test(
    "A kid that is empty, long or not visible ASCII is refused",
    arguments: ["", "two words", "näme", "a\n", String(repeating: "k", count: 129)])
  func unusableName(name: String) {
    #expect(throws: KeyRingError.unusableKeyID(name)) { try RingSigningKey(key.key, keyID: name) }
  }

  @Test("The first entry of the log says that it was imported")
  func logged() throws {
    try store.create(policy, importing: key, at: birth)
    let events = try #require(store.audit().first).events
    #expect(events.contains("imported ES256 \(key.keyID) as the active key"))
  }

  @Test("One that the policy has no use for is refused, and leaves no ring: nothing could sign in it")
  func unused() throws {
    #expect(throws: KeyRingError.self) {
      try store.create(policy.with([.edDSA]), importing: key, at: birth)
    }
    #expect(try store.load() == nil)
    try store.create(policy, importing: key, at: birth)
  }
}
