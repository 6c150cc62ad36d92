import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct ReservationTests {
  /// A snapshot of a ring whose active key has an end of its own.
  static func snapshot(_ store: DirectoryStore, _ directory: TemporaryDirectory, notAfter: NumericDate)
    async throws
    -> KeyRingSnapshot
  {
    try store.create([.es256], at: birth)
    var manifest = try #require(try JSONValue(parsing: directory.text(of: "ring/ring.json")).object)
    var keys = try #require(manifest["keys"]?.array)
    var key = try #require(keys[0].object)
    key["notAfter"] = .integer(notAfter.secondsSinceEpoch)
    keys[0] = .object(key)
    manifest["keys"] = .array(keys)
    try directory.write(manifest.description, to: "ring/ring.json", permissions: 0o644)
    return try await store.opened()
  }

  @Test("A signing key gives no exp after what is reserved, to the second, and says that no rotator runs")
  func reserved() async throws {
    let directory = try TemporaryDirectory()
    let store = DirectoryStore(directory.ring)
    let end = birth + firstReservation
    let key = try store.create([.es256], at: birth).keyIDs(.active)[0]
    let signingKey = try await store.opened().signingKey(for: .es256)
    #expect(signingKey.reservedUntil == end)
    let last = birth + policy.reservation
    #expect(try signingKey.expiry(end, at: last) == end)
    let error = #expect(throws: KeyRingError.reservationOver(keyID: key, until: end)) {
      _ = try signingKey.expiry(end + 1, at: last + 1)
    }
    #expect(error?.description.contains("no rotator has renewed the ring") == true)
  }

  @Test("A signing key gives no token a longer life than the ring's policy says, and names that")
  func longestLife() async throws {
    let directory = try TemporaryDirectory()
    let store = DirectoryStore(directory.ring)
    try store.create([.es256], at: birth)
    let signingKey = try await store.opened().signingKey(for: .es256)
    #expect(try signingKey.expiry(birth + policy.tokenLifetime, at: birth) == birth + policy.tokenLifetime)
    let error = #expect(throws: KeyRingError.lifetimeTooLong(86_401, longest: 86_400)) {
      _ = try signingKey.expiry(birth + policy.tokenLifetime + 1, at: birth)
    }
    #expect(error?.description.contains("policy has token_lifetime 1d") == true)
  }

  @Test("A signing key gives no exp after its own end, and none at all from then on")
  func ownEnd() async throws {
    let directory = try TemporaryDirectory()
    let end = birth + 100
    let key = try await Self.snapshot(DirectoryStore(directory.ring), directory, notAfter: end)
      .signingKey(for: .es256)
    #expect(key.notAfter == end)
    #expect(try key.expiry(birth + 60, at: birth) == birth + 60)
    #expect(try key.expiry(birth + 160, at: birth + 99) == end)
    let error = #expect(throws: KeyRingError.keyEnded(keyID: key.keyID, at: end)) {
      _ = try key.expiry(birth + 160, at: end)
    }
    #expect(
      error?.description.contains("ended at 2027-01-15T08:01:40Z, and no other key may sign yet") == true)
  }

  @Test(
    "A key that ends is replaced a token's lifetime before that, so that its tokens get their whole lifetime")
  func replacedInTime() async throws {
    let directory = try TemporaryDirectory()
    let end = birth + 2 * policy.tokenLifetime
    let ring = try await Self.snapshot(DirectoryStore(directory.ring), directory, notAfter: end).ring
    let old = ring.keyIDs(.active)
    #expect(try ring.taken(at: end + (-policy.tokenLifetime - 1)).ring.keyIDs(.active) == old)
    #expect(try ring.taken(at: end + -policy.tokenLifetime).ring.keyIDs(.retired) == old)
  }

  @Test("A reservation is renewed when half of it is used up, to the second, and not past the key's own end")
  func renewal() async throws {
    let ring = try newRing()
    let due = birth + policy.reservation / 2
    #expect(ring.nextDue(policy) == due)
    #expect(try ring.taken(at: due + -1).ring == ring)
    let step = try ring.taken(at: due)
    let key = ring.keyIDs(.active)[0]
    #expect(step.events == [.reserved(keyID: key, until: due + firstReservation)])
    #expect(step.ring.epoch == 2)

    let directory = try TemporaryDirectory()
    let end = birth + firstReservation + 10
    let ending = try await Self.snapshot(DirectoryStore(directory.ring), directory, notAfter: end).ring
    #expect(try ending.step(policy, at: due).ring.activeKey(for: .es256)?.signsUntil == end)
  }

  @Test("Renewals are routine: the log of changes doesn't have them")
  func routine() async throws {
    let directory = try TemporaryDirectory()
    let store = DirectoryStore(directory.ring)
    try store.create([.es256], at: birth)
    let step = try await store.step(policy, at: birth + policy.reservation / 2)
    #expect(step.ring.epoch == 2)
    #expect(try store.audit().map(\.epoch) == [1])
  }
}
