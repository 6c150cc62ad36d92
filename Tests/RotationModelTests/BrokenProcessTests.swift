import JOSECore
import Testing

@testable import KeyRotation
@testable import RotationModel

/// Processes that don't keep to the rules: the search finds the history in which it matters.
@Suite struct BrokenProcessTests {
  @Test("a process that uses a step before it is durable is caught (invariant 4)")
  func memoryFirst() throws {
    struct MemoryFirst: RingRules { var isDurableFirst: Bool { false } }
    let failure = try #require(try Model.search("seasoned", .crashes, MemoryFirst(), depth: 2))
    #expect(failure.violation.invariant == 4)
    #expect(failure.events.contains { if case .failedWrite = $0 { true } else { false } })
  }

  @Test("a stale writer that overwrites what another wrote is caught (invariant 5)")
  func staleWriter() throws {
    struct NoFence: RingRules { func takes(expected: Int, found: Int) -> Bool { true } }
    let failure = try #require(try Model.search("seasoned", .races, NoFence(), depth: 4))
    #expect(failure.violation.invariant == 5)
  }

  @Test("a token that carries another key's kid is caught (invariant 6)")
  func wrongName() throws {
    struct StandbysName: RingRules {
      func keyID(signing key: RingKey, in ring: KeyRingState) -> String {
        // Wrong once a standby is known everywhere, which is when a careless lookup finds it.
        ring.keys.count > 2 ? ring.standby(for: key.algorithm)?.keyID ?? key.keyID : key.keyID
      }
    }
    let failure = try #require(try Model.search("fresh", .requests, StandbysName(), depth: 2))
    #expect(failure.violation.invariant == 6)
  }

  @Test("a token that outlives its key is caught (invariant 7)")
  func outlives() throws {
    struct NoEnd: RingRules {
      func expiry(_ key: RingKey, wanted: NumericDate, at now: NumericDate) throws(KeyRingError)
        -> NumericDate
      {
        try RingSigningKey.expiry(
          wanted, at: now, keyID: key.keyID, notAfter: nil, reservedUntil: key.signsUntil)
      }
    }
    let failure = try #require(try Model.search("keys that end", [], NoEnd(), depth: 4))
    #expect(failure.violation.invariant == 7)
  }

  @Test("a token that expires after what is reserved for its key is caught (invariant 7)")
  func unreserved() throws {
    struct NoReservation: RingRules {
      func expiry(_ key: RingKey, wanted: NumericDate, at now: NumericDate) throws(KeyRingError)
        -> NumericDate
      {
        min(wanted, key.notAfter ?? wanted)
      }
    }
    let failure = try #require(try Model.search("fresh", [], NoReservation(), depth: 2))
    #expect(failure.violation.invariant == 7)
  }

  @Test("a process that signs past R without its store is caught (invariant 9)")
  func signsPastR() throws {
    struct NeverStale: RingRules {
      func isFresh(_ freshness: Freshness, at now: NumericDate) -> Bool { true }
    }
    let failure = try #require(try Model.search("seasoned", .partitions, NeverStale(), depth: 2))
    #expect(failure.violation.invariant == 9)
  }

  @Test("a JWKS whose max-age is spread beyond the policy's is caught (invariant 1)")
  func spreadOnTop() throws {
    struct SpreadOnTop: RingRules {
      func maxAge(_ lifetime: CacheLifetime, at now: NumericDate) -> Int64 {
        lifetime.bound + lifetime.bound / 10
      }
    }
    let failure = try #require(try Model.search("max-age alone", .requests, SpreadOnTop(), depth: 6))
    #expect(failure.violation.invariant == 1)
    let honest = try Model.search(
      "max-age alone", .requests, CurrentRules(), depth: failure.events.count)
    #expect(honest == nil)
  }

  @Test("a process whose clock was set back and that signs on is caught (invariant 9)")
  func setBack() throws {
    struct Trusting: RingRules {
      func isFresh(_ freshness: Freshness, at now: NumericDate) -> Bool { now <= freshness.end }
    }
    let failure = try #require(try Model.search("fresh", [.partitions, .clocksBack], Trusting(), depth: 4))
    #expect(failure.violation.invariant == 9)
  }
}
