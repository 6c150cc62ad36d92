import JOSECore
import KeyRotation
import Testing

@Suite struct SnapshotTests {
  /// Every key is original: each rotation may come at once, and no wait that begins takes an epoch.
  private static func snapshot(epoch count: Int) throws -> KeyRingSnapshot {
    var keys = try (0...count).map { _ in try RingSigningKey.generate(.es256) }
    var ring = try KeyRingState.new(keys.compactMap(\.newKey), at: birth)
    for _ in 1..<max(count, 1) {
      keys.removeFirst()
      ring = try ring.step(policy, at: birth, .rotate([.es256])).ring
    }
    return try KeyRingSnapshot(ring, signingKeys: [keys[0]])
  }

  @Test("A snapshot has the ring's epoch, its signing keys and the JWKS that verifies them")
  func contents() throws {
    let snapshot = try Self.snapshot(epoch: 3)
    #expect(snapshot.epoch == 3)
    let key = try snapshot.signingKey(for: .es256)
    #expect(key.keyID == snapshot.ring.activeKey(for: .es256)?.keyID)
    #expect(snapshot.jwks[key.keyID]?.key == key.key.publicKey)
    #expect(snapshot.jwks.keys.count == snapshot.ring.keys.count)
  }

  @Test("The JWKS bytes are the JWKS, and hold nothing private")
  func bytes() throws {
    let snapshot = try Self.snapshot(epoch: 2)
    let served = try JWKSet(parsing: snapshot.jwksBytes.span)
    #expect(served.skipped.isEmpty)
    #expect(served.keys == snapshot.jwks.keys)
    #expect(snapshot.jwksBytes == snapshot.jwks.bytes)
    #expect(!String(decoding: snapshot.jwksBytes, as: UTF8.self).contains(#""d":"#))
  }

  @Test("An algorithm without a signing key is refused with those there are")
  func missing() throws {
    #expect(throws: KeyRingError.noActiveKey(.rs256, ring: [.es256])) {
      _ = try Self.snapshot(epoch: 1).signingKey(for: .rs256)
    }
  }

  @Test("A snapshot takes no signing key but the ring's active ones", arguments: ["standby", "stranger"])
  func foreignKey(which: String) throws {
    let keys = try (0..<3).map { _ in try RingSigningKey.generate(.es256) }
    let ring = try KeyRingState.new(keys.prefix(2).compactMap(\.newKey), at: birth)
    #expect(throws: KeyRingError.self) {
      _ = try KeyRingSnapshot(ring, signingKeys: [which == "standby" ? keys[1] : keys[2]])
    }
  }

  @Test("A ring in use moves to newer epochs and ignores older and equal ones")
  func newerEpochs() throws {
    let (first, second, third) = (
      try Self.snapshot(epoch: 1), try Self.snapshot(epoch: 2), try Self.snapshot(epoch: 3)
    )
    let ring = KeyRing(second, confirmedAt: birth)
    ring.update(first, confirmedAt: birth)
    #expect(ring.epoch == 2)
    ring.update(try Self.snapshot(epoch: 2), confirmedAt: birth)
    #expect(ring.current.jwksBytes == second.jwksBytes)
    ring.update(third, confirmedAt: birth)
    #expect(ring.epoch == 3)
    #expect(ring.current.jwksBytes == third.jwksBytes)
  }

  @Test("Under many writers the newest epoch wins, and no reader sees one older than its epoch")
  func concurrent() async throws {
    let snapshots = try (1...8).map { try Self.snapshot(epoch: $0) }
    let ring = KeyRing(snapshots[0], confirmedAt: birth)
    await withTaskGroup(of: Bool.self) { group in
      for offset in 0..<8 {
        group.addTask {
          for index in 0..<400 { ring.update(snapshots[(index + offset) % 8], confirmedAt: birth) }
          return true
        }
        group.addTask {
          var last = 0
          for _ in 0..<400 {
            let (epoch, current) = (ring.epoch, ring.current.epoch)
            guard epoch >= last, current >= epoch else { return false }
            last = current
          }
          return true
        }
      }
      for await isOrdered in group { #expect(isOrdered) }
    }
    #expect(ring.epoch == 8)
    #expect(ring.current.epoch == 8)
  }
}
