import JOSECore
import KeyRotation
import SystemSupport
import Testing

@Suite("Durations of a policy are in words: a whole number and its unit") struct DurationTests {
  @Test(
    "Each unit is what it says, and comes back in the largest that is exact",
    arguments: [
      ("0s", 0, "0s"), ("0d", 0, "0s"), ("59s", 59, "59s"), ("60s", 60, "1m"), ("90m", 5400, "90m"),
      ("24h", 86_400, "1d"),
      ("007s", 7, "7s"), ("25h", 90_000, "25h"),
    ] as [(String, Int64, String)])
  func words(text: String, seconds: Int64, canonical: String) throws {
    let policy = try RotationPolicy(["max_age": .string(text)])
    #expect(policy.maxAge == seconds)
    #expect(policy.json["max_age"]?.string == canonical)
  }

  @Test(
    "Anything else is refused by name, with examples",
    arguments: [
      "", "s", "60", "1w", "1 h", " 1h", "1h ", "-1s", "+1s", "1.5h", "1h30m", "1H", "٣s", "0x10s",
      "9223372036854775807s", "9223372036854775808s", "106751991167301d", "36526d", 60, .number(1.5), .null,
      true, [],
    ] as [JSONValue])
  func refused(value: JSONValue) throws {
    let error = #expect(throws: KeyRingError.self) { _ = try RotationPolicy(["cdn_time": value]) }
    #expect(
      error?.description
        == "the policy is refused: cdn_time is \(value), not a duration such as \"60s\", \"10m\", \"24h\" or \"30d\""
    )
  }

  @Test(
    "People read the two largest units that aren't zero",
    arguments: [
      (-5, "0 s"), (0, "0 s"), (45, "45 s"), (360, "6 min"), (3600, "1 h"), (86_774, "1 d 6 min"),
      (93_784, "1 d 2 h"),
    ] as [(Int64, String)])
  func text(seconds: Int64, text: String) { #expect(DurationFormat.text(seconds) == text) }

  @Test("A policy that is written reads back as it was, every member of it")
  func roundTrip() throws {
    let policy = try RotationPolicy([
      "algorithms": ["EdDSA", "RS256"], "token_lifetime": "60s", "leeway": "11s", "max_age": "12m",
      "cdn_time": "13s",
      "verifier_bound": "14h", "clock_skew": "15s", "rotation_period": "16d", "staleness_bound": "17m",
      "reservation": "18h", "publication": "exported",
    ])
    #expect(try RotationPolicy(policy.json) == policy)
    #expect(try RotationPolicy(parsing: Array(policy.json.description.utf8).span) == policy)
    #expect(policy.json.members.count == 11)
    #expect(policy.algorithms == [.edDSA, .rs256])
    #expect([policy.tokenLifetime, policy.leeway, policy.maxAge, policy.cdnTime] == [60, 11, 720, 13])
    #expect([policy.verifierBound, policy.clockSkew, policy.rotationPeriod] == [50_400, 15, 1_382_400])
    #expect([policy.stalenessBound, policy.reservation] == [1020, 64_800])
  }

  @Test(
    "What is no JSON object is refused",
    arguments: ["", "[]", "60s", "{\"max_age\":\"1s\",\"max_age\":\"1s\"}"])
  func noObject(text: String) {
    #expect(throws: KeyRingError.self) { _ = try RotationPolicy(parsing: Array(text.utf8).span) }
  }
}
