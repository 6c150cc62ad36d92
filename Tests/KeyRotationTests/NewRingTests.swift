import JOSECore
import KeyRotation
import Testing

@Suite struct NewRingTests {
  @Test("A new ring has an active key and an original standby for each algorithm")
  func states() throws {
    let ring = try newRing([.es256, .edDSA])
    #expect(ring.epoch == 1)
    #expect(ring.policy.algorithms == [.es256, .edDSA])
    #expect(ring.keys.map(\.state) == [.active, .published, .active, .published])
    #expect(ring.keys.allSatisfy { $0.isOriginal && $0.publishedAt == birth })
    #expect(ring.keys.allSatisfy { $0.retiredAt == nil })
    #expect(try #require(ring.activeKey(for: .es256)).activatedAt == birth)
    #expect(try #require(ring.standby(for: .edDSA)).activatedAt == nil)
  }

  @Test(
    "A kid is the RFC 7638 thumbprint of its key, in the ring and in its JWKS",
    arguments: Algorithm.everyKind)
  func thumbprints(algorithm: Algorithm) throws {
    let ring = try newRing([algorithm])
    for key in ring.keys { #expect(try key.publicKey.thumbprint() == key.keyID) }
    let jwks = try ring.jwks
    #expect(jwks.keys.compactMap(\.keyID) == ring.keys.map(\.keyID))
    #expect(jwks.keys.allSatisfy { $0.algorithm == algorithm })
  }

  @Test("A ring without keys is refused")
  func empty() {
    let error = #expect(throws: KeyRingError.noAlgorithms) {
      _ = try KeyRingState.new([], policy: policy, at: birth)
    }
    #expect(error?.description == "a ring needs at least one algorithm")
  }

  @Test("One key can't be in a ring twice, not under another algorithm either")
  func duplicate() throws {
    let key = try RingSigningKey.generate(.rs256)
    let publicKey = try #require(key.key.publicKey)
    let twice = [NewKey(.rs256, publicKey), NewKey(.ps256, publicKey)]
    let error = #expect(throws: KeyRingError.duplicateKey(key.keyID)) {
      _ = try KeyRingState.new(twice, at: birth)
    }
    #expect(error?.description == "key \(key.keyID) is in the ring already")
  }

  @Test("A key of the wrong kind for its algorithm is refused with the reason")
  func wrongKind() throws {
    let key = try #require(try RingSigningKey.generate(.es256).key.publicKey)
    let error = #expect(throws: KeyRingError.self) {
      _ = try KeyRingState.new([NewKey(.rs256, key)], at: birth)
    }
    #expect(error?.description.contains("RS256 needs an RSA key") == true)
  }

  @Test("A symmetric algorithm has no place in a ring", arguments: [Algorithm.hs256, .hs384, .hs512])
  func symmetric(algorithm: Algorithm) throws {
    let error = #expect(throws: KeyRingError.symmetricAlgorithm(algorithm)) {
      _ = try RingSigningKey.generate(algorithm)
    }
    #expect(error?.description.contains("its secret would have to be published") == true)
    let secret = try SigningKey(algorithm, secret: SecretBytes(utf8: String(repeating: "s", count: 64)))
    #expect(throws: KeyRingError.symmetricAlgorithm(algorithm)) { _ = try RingSigningKey(secret) }
    let key = try #require(try RingSigningKey.generate(.es256).key.publicKey)
    #expect(throws: KeyRingError.self) { _ = try KeyRingState.new([NewKey(algorithm, key)], at: birth) }
  }

  @Test("EdDSA and Ed25519 are two algorithms of a ring, each with keys of its own (RFC 9864 §2.2)")
  func edwardsNames() throws {
    let ring = try newRing([.edDSA, .ed25519, .ed448])
    #expect(ring.policy.algorithms == [.edDSA, .ed25519, .ed448])
    #expect(Set(ring.keys.map(\.keyID)).count == 6)
    for algorithm in ring.policy.algorithms {
      let key = try #require(ring.activeKey(for: algorithm))
      #expect(try ring.jwks[key.keyID]?.algorithm == algorithm)
    }
  }
}
