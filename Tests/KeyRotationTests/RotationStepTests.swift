import JOSECore
import KeyRotation
import Testing

@Suite struct RotationStepTests {
  @Test("The first rotation may come at once: the standby is original, so no JWKS without it was ever served")
  func firstRotation() throws {
    let ring = try newRing()
    let next = try ring.rotated(at: birth)
    #expect(next.keyIDs(.active) == ring.keyIDs(.published))
    #expect(next.keyIDs(.retired) == ring.keyIDs(.active))
    #expect(next.keyIDs(.published).count == 1)
    #expect(try #require(next.standby(for: .es256)).isOriginal == false)
  }

  @Test("The second waits until every JWKS without its standby is out of date, to the second")
  func propagation() throws {
    let ring = try newRing().rotated(at: birth).waiting(at: birth)
    let standby = try #require(ring.standby(for: .es256))
    let earliest = birth + policy.propagation
    #expect(policy.propagation == (300 + 60) + 0 + 86_400 + 60)
    for now in [birth, earliest + -1] {
      #expect(
        throws: KeyRingError.standbyTooYoung(
          keyID: standby.keyID, .es256, published: birth, earliest: earliest, now: now)
      ) { _ = try ring.rotated(at: now) }
    }
    #expect(try ring.rotated(at: earliest).keyIDs(.active) == [standby.keyID])
  }

  @Test("A standby's wait begins in the step after the one that published it, however late that comes")
  func waitBegins() throws {
    let ring = try newRing().rotated(at: birth)
    let standby = try #require(ring.standby(for: .es256))
    #expect(standby.publishedAt == birth)
    #expect(standby.servedAt == nil)
    #expect(standby.maySignFrom(policy) == nil)
    #expect(ring.nextDue(policy) == birth)
    let late = birth + 2 * policy.propagation
    let earliest = late + policy.propagation
    #expect(
      throws: KeyRingError.standbyTooYoung(
        keyID: standby.keyID, .es256, published: birth, earliest: earliest, now: late)
    ) { _ = try ring.rotated(at: late) }
    let step = try ring.taken(at: late)
    #expect(step.events.contains(.confirmed(keyID: standby.keyID, .es256)))
    #expect(step.ring[standby.keyID]?.servedAt == late)
    #expect(throws: KeyRingError.self) { _ = try step.ring.rotated(at: earliest + -1) }
    #expect(try step.ring.rotated(at: earliest).keyIDs(.active) == [standby.keyID])
  }

  @Test("The refusal says who goes on signing, since when, and how long it takes")
  func refusalText() throws {
    let ring = try newRing().rotated(at: birth).waiting(at: birth)
    let error = #expect(throws: KeyRingError.self) { _ = try ring.rotated(at: birth + 60) }
    let text = try #require(error?.description)
    #expect(text.contains("published at 2027-01-15T08:00:00Z"))
    #expect(text.contains("until 2027-01-16T08:07:00Z, 1 d 6 min from now"))
    #expect(text.hasSuffix("until then the active key goes on signing"))
  }

  @Test("Even an original standby doesn't sign before the ring was made: the clock has gone back")
  func clockWentBack() throws {
    #expect(throws: KeyRingError.self) { _ = try newRing().rotated(at: birth + -1) }
  }

  @Test("A refused step leaves the ring as it was")
  func unchanged() throws {
    let ring = try newRing([.es256, .edDSA]).rotated([.es256], at: birth)
    let copy = ring
    // EdDSA could rotate, ES256 can't: neither does.
    #expect(throws: KeyRingError.self) { _ = try ring.rotated([.edDSA, .es256], at: birth + 1) }
    #expect(ring == copy)
  }

  @Test("Rotating one algorithm leaves the others alone")
  func others() throws {
    let ring = try newRing([.es256, .edDSA])
    let next = try ring.rotated([.edDSA], at: birth + 5)
    #expect(next.activeKey(for: .es256) == ring.activeKey(for: .es256))
    #expect(next.standby(for: .es256) == ring.standby(for: .es256))
    #expect(next.activeKey(for: .edDSA)?.keyID == ring.standby(for: .edDSA)?.keyID)
    #expect(next.activeKey(for: .edDSA)?.activatedAt == birth + 5)
  }

  @Test("An algorithm that the ring doesn't have can't be rotated, and the reason lists those it has")
  func unknownAlgorithm() throws {
    let error = #expect(throws: KeyRingError.noActiveKey(.rs256, ring: [.es256, .edDSA])) {
      _ = try newRing([.es256, .edDSA]).rotated([.rs256], at: birth)
    }
    #expect(error?.description == "the ring has no active RS256 key; it signs with ES256, EdDSA")
  }

  @Test("Without a standby nothing takes over")
  func noStandby() throws {
    let ring = try KeyRingState.new(newKeys([.es256]), at: birth)
    let error = #expect(throws: KeyRingError.noStandby(.es256)) {
      _ = try ring.step(policy, at: birth, .rotate([]))
    }
    #expect(error?.description == "the ring has no standby for ES256")
    #expect(try ring.step(policy, at: birth).missing == [.es256])
  }

  @Test("A key that is in the ring can't be published again")
  func duplicate() throws {
    let key = try RingSigningKey.generate(.es256)
    let new = try #require(key.newKey)
    let ring = try KeyRingState.new([new], at: birth)
    #expect(throws: KeyRingError.duplicateKey(key.keyID)) {
      _ = try ring.step(policy, at: birth, newKeys: [new])
    }
  }

  @Test("A step that changes nothing keeps the epoch, and every other counts one")
  func epochs() throws {
    var ring = try newRing()
    #expect(try ring.taken(at: birth).ring == ring)
    for count in 1...5 {
      let now = birth + Int64(count) * policy.propagation
      ring = try ring.rotated(at: now)
      #expect(ring.epoch == 2 * count)
      ring = try ring.waiting(at: now)
      #expect(ring.epoch == 2 * count + 1)
      #expect(try ring.taken(at: now).ring == ring)
    }
  }

  @Test("Over many rotations each algorithm has exactly one active key, and the JWKS has all that are valid")
  func oneActive() throws {
    var ring = try newRing([.es256, .edDSA])
    for count in 1...12 {
      let rotating: [Algorithm] = count % 3 == 0 ? [.es256] : count % 3 == 1 ? [.edDSA] : [.es256, .edDSA]
      let now = birth + Int64(count) * policy.propagation
      let rotated = try ring.rotated(rotating, at: now)
      ring = try rotated.waiting(at: now)
      for ring in [rotated, ring] {
        for algorithm in ring.policy.algorithms {
          #expect(ring.keys.filter { $0.algorithm == algorithm && $0.state == .active }.count == 1)
          #expect(ring.keys.filter { $0.algorithm == algorithm && $0.state == .published }.count == 1)
        }
        #expect(try ring.jwks.keys.compactMap(\.keyID) == ring.keys.map(\.keyID))
      }
    }
  }

  @Test("Times at the ends of the integers get an answer", arguments: [Int64.max, .min, .max - 1, 0])
  func hostileTimes(seconds: Int64) throws {
    let ring = try KeyRingState.new(newKeys([.es256, .es256]), at: NumericDate(seconds))
    for now in [NumericDate(.max), NumericDate(.min), NumericDate(0)] {
      let next = Result { try ring.rotated(at: now).rotated(at: now) }
      if case .failure(let error) = next { #expect(!"\(error)".isEmpty) }
    }
    #expect(ring.keyIDs(.active).count == 1)
  }
}
