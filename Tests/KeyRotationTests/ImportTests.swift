import JOSE
import JWA
import KeyRotation
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
