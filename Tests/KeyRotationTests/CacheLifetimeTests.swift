import JOSECore
import KeyRotation
import SystemSupport
import Testing

/// `max-age` of the JWKS.
@Suite struct CacheLifetimeTests {
  private let change = birth + policy.rotationPeriod

  private func maxAge(_ ring: KeyRingState, at now: NumericDate) -> Int64 {
    CacheLifetime(ring).seconds(at: now)
  }

  @Test("It is the policy's until a new key is due within it, and a minute to seven when the step is late")
  func shrinks() throws {
    let ring = try newRing()
    #expect(maxAge(ring, at: birth) == 3600)
    for second in 0..<3600 as Range<Int64> {
      let answer = maxAge(ring, at: change + -second)
      #expect((max(60, second)...min(3600, max(60, second) + 360)).contains(answer))
    }
    for late in [0, 1, 500, 400 * 86_400] as [Int64] {
      #expect((60...420).contains(maxAge(ring, at: change + late)))
    }
  }

  @Test("For random rings and times it is the policy's at most, and a minute at least where that is less")
  func property() throws {
    var random = SplitMix64(seed: 13)
    let keys = try newKeys([.es256, .edDSA, .es256, .edDSA])
    for _ in 0..<200 {
      let longest = Int64.random(in: 1...(Bool.random(using: &random) ? 200 : 86_400), using: &random)
      let policy = try RotationPolicy(
        algorithms: [.es256, .edDSA], maxAge: longest, verifierBound: 3600,
        rotationPeriod: Int64.random(in: 100_000...10_000_000, using: &random))
      var ring = try KeyRingState.new(keys, policy: policy, at: birth).ring
      var now = birth
      for _ in 0..<4 {
        for _ in 0..<20 {
          let due = ring.nextDue(policy) ?? now
          let away = Int64.random(in: -(2 * longest)...(2 * longest), using: &random)
          let time = Bool.random(using: &random) ? due + away : now + abs(away)
          let (answer, most) = (maxAge(ring, at: time), CacheLifetime(ring).longest(at: time))
          #expect((min(60, longest)...longest).contains(answer), "\(answer) of \(longest) s at \(time)")
          #expect(answer <= most && most <= longest)
        }
        now = max(now, ring.nextDue(policy) ?? now)
        ring = try ring.taken(nil, policy, at: now).ring
      }
    }
  }

  @Test("A key that is removed shortens no max-age: nobody has to hear of it")
  func removal() throws {
    let ring = try newRing().rotated(at: birth).waiting(at: birth)
    let removal = try #require(ring.keys(.retired).first?.removableFrom(policy))
    #expect(ring.nextPublication(policy) == removal)
    for away in [-3600, -60, -1, 0, 1, 3600] as [Int64] {
      #expect(maxAge(ring, at: removal + away) == 3600)
    }
  }

  @Test("Caches filled in the hour before a new key run out after it, spread over a tenth of max-age")
  func spread() throws {
    let ring = try newRing()
    var ends: [NumericDate: Int] = [:]
    for second in 1...3600 as ClosedRange<Int64> {
      let now = change + -second
      ends[now + maxAge(ring, at: now), default: 0] += 1
    }
    #expect(ends.keys.allSatisfy { $0 >= change && $0 <= change + 420 })
    #expect(ends.count > 300)
    // 3,600 caches over 361 seconds: ten in each, if nothing were left to chance.
    #expect(ends.values.max() ?? 0 < 30)
  }

  @Test(
    "A max-age of 0 stays, and neither a long one nor a time at the edge overflows",
    arguments: [0, 1 << 40])
  func extremes(bound: Int64) throws {
    let policy = try RotationPolicy(algorithms: [.es256], maxAge: bound, rotationPeriod: 1 << 41)
    let ring = try KeyRingState.new(newKeys([.es256, .es256]), policy: policy, at: birth).ring
    for time in [.min, 0, birth.secondsSinceEpoch, .max] as [Int64] {
      #expect((0...bound).contains(maxAge(ring, at: NumericDate(time))))
    }
  }
}
