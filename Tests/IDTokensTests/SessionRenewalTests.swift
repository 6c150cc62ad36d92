import IDTokens
import JOSECore
import KeyRotation
import TestSupport
import Testing

@Suite struct SessionRenewalTests {
  /// Snapshots of one ring at growing epochs, each with a new active key. P is 0, as it can be for an
  /// exported ring: a standby that is confirmed may sign in the same second.
  static func epochs(_ count: Int) throws -> [KeyRingSnapshot] {
    let policy = try RotationPolicy(
      ["max_age": "0s", "verifier_bound": "0s", "clock_skew": "0s", "publication": "exported"],
      algorithms: [.es256])
    // The last rotation, too, needs a key that stands by after it.
    var keys = try (0...(count + 1)).map { _ in try RingSigningKey.generate(.es256) }
    var ring = try KeyRingState.new(keys.prefix(2).compactMap(\.newKey), policy: policy, at: Sample.now).ring
    var snapshots = [try KeyRingSnapshot(ring, signingKeys: [keys.removeFirst()])]
    while snapshots.count < count {
      let next = try #require(keys[1].newKey)
      ring = try ring.step(policy, at: Sample.now, .rotate([.es256]), newKeys: [next]).ring
      snapshots.append(try KeyRingSnapshot(ring, signingKeys: [keys.removeFirst()]))
      ring = try ring.step(policy, at: Sample.now, .confirm(keyIDs: ring.keys.map(\.keyID))).ring
    }
    return snapshots
  }

  private static func keyID(_ token: IDToken) throws -> String? {
    try Parts(token.text).header["kid"]?.string
  }

  @Test("A session signs with the new key from the moment a new epoch is in force")
  func renewal() throws {
    let epochs = try Self.epochs(3)
    let ring = Sample.ring(epochs[0])
    let issuer = RingIssuer(ring: ring, clock: .fixed(Sample.now))
    let session = try issuer.session(Sample.content(), .es256)
    for epoch in epochs {
      ring.update(epoch, confirmedAt: Sample.now)
      #expect(try Self.keyID(session.token()) == epoch.signingKey(for: .es256).keyID)
    }
  }

  @Test("An older epoch changes nothing: the session stays with the newest key")
  func olderEpoch() throws {
    let epochs = try Self.epochs(2)
    let ring = Sample.ring(epochs[1])
    let issuer = RingIssuer(ring: ring, clock: .fixed(Sample.now))
    let session = try issuer.session(Sample.content(), .es256)
    ring.update(epochs[0], confirmedAt: Sample.now)
    #expect(try Self.keyID(session.token()) == epochs[1].signingKey(for: .es256).keyID)
  }

  @Test("A session of an algorithm that the new epoch no longer has stops with the reason")
  func algorithmGone() throws {
    let old = try Self.epochs(1)[0]
    let key = try SampleRing.key(.edDSA)
    let policy = RotationPolicy.standard.with([.es256, .edDSA])
    let next = try old.ring.step(policy, at: Sample.now, newKeys: [try #require(key.newKey)]).ring
    let ring = Sample.ring(old)
    let issuer = RingIssuer(ring: ring, clock: .fixed(Sample.now))
    let session = try issuer.session(Sample.content(), .es256)
    ring.update(try KeyRingSnapshot(next, signingKeys: []), confirmedAt: Sample.now)
    #expect(throws: IDTokenError.ring(.noActiveKey(.es256, ring: []))) { _ = try session.token() }
  }

  @Test("Tokens minted on many tasks while the ring moves on all verify by the JWKS of their key's epoch")
  func concurrent() async throws {
    let epochs = try Self.epochs(8)
    let ring = Sample.ring(epochs[0])
    let issuer = RingIssuer(ring: ring, clock: .fixed(Sample.now))
    let session = try issuer.session(Sample.content(), .es256)
    let tokens = try await withThrowingTaskGroup(of: [String].self) { group in
      for task in 0..<6 {
        group.addTask {
          var tokens: [String] = []
          for index in 0..<160 {
            // Two of the tasks move the ring on, one of them a step behind: it must never go back.
            if task < 2, index % 20 == 0 {
              ring.update(epochs[max(0, index / 20 - task)], confirmedAt: Sample.now)
            }
            tokens.append(try session.token().text)
          }
          return tokens
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(tokens.count == 960)
    #expect(ring.epoch == epochs.last?.epoch)
    var byKey: [String: KeyRingSnapshot] = [:]
    for epoch in epochs { byKey[try epoch.signingKey(for: .es256).keyID] = epoch }
    for token in tokens {
      let keyID = try #require(try Parts(token).header["kid"]?.string)
      let jwks = try #require(byKey[keyID]).jwks
      #expect(
        try TokenVerifier(.jwkSet(jwks), audience: .unchecked, issuer: .unchecked).verify(
          token, at: Sample.now
        ).subject == "42")
    }
    #expect(Set(tokens).count == tokens.count)
  }
}
