import JOSECore
import KeyRotation
import Testing

@Suite("A policy that can't keep the promise is refused with the inequality and its numbers")
struct PolicyCheckTests {
  @Test(
    "Each inequality holds at its bound and fails a second beyond",
    arguments: [
      (
        "token_lifetime", "1s", "0s",
        "token_lifetime ≥ 1s fails: token_lifetime is 0s (0 s), and the bound is 1 s"
      ),
      ("token_lifetime", "24h", "86401s", "token_lifetime is 86401s (86401 s), and the bound is 86400 s"),
      ("staleness_bound", "1s", "0s", "staleness_bound ≥ 1s fails"),
      ("reservation", "1s", "0s", "reservation ≥ 1s fails"),
      (
        "rotation_period", "86820s", "86819s", "rotation_period is 86819s (86819 s), and the bound is 86820 s"
      ),
      (
        "verifier_bound", "2591580s", "2591581s",
        "clock_skew = 2592001s fails: rotation_period is 30d (2592000 s)"
      ),
      ("cdn_time", "2505180s", "2505181s", "rotation_period ≥ \(servedSum) = 2592001s fails"),
      ("max_age", "2591580s", "2591581s", "rotation_period ≥ \(servedSum) = 2592001s fails"),
      // It is in the sum twice.
      ("clock_skew", "1252650s", "1252651s", "rotation_period ≥ \(servedSum) = 2592002s fails"),
      ("staleness_bound", "2505480s", "2505481s", "rotation_period ≥ \(servedSum) = 2592001s fails"),
    ])
  func inequalities(member: String, last: String, beyond: String, reason: String) throws {
    try expectBound(member, last, beyond, reason, "served")
  }

  @Test(
    "For exported rings, which don't lag, each has its own bound",
    arguments: [
      (
        "rotation_period", "86460s", "86459s", "rotation_period is 86459s (86459 s), and the bound is 86460 s"
      ),
      ("verifier_bound", "2591940s", "2591941s", "rotation_period ≥ \(exportedSum) = 2592001s fails"),
      ("cdn_time", "2505540s", "2505541s", "rotation_period ≥ \(exportedSum) = 2592001s fails"),
      ("max_age", "2591940s", "2591941s", "rotation_period ≥ \(exportedSum) = 2592001s fails"),
      ("clock_skew", "2505600s", "2505601s", "rotation_period ≥ \(exportedSum) = 2592001s fails"),
      (
        "staleness_bound", "2591940s", "2591941s",
        "rotation_period ≥ staleness_bound + clock_skew fails: rotation_period is 30d (2592000 s), "
          + "and the bound is 2592001 s"
      ),
    ])
  func exportedInequalities(member: String, last: String, beyond: String, reason: String) throws {
    try expectBound(member, last, beyond, reason, "exported")
  }

  /// P of rings that are exported, and of those that are served.
  private static let exportedSum = "cdn_time + max(max_age, verifier_bound) + clock_skew"
  private static let servedSum = "staleness_bound + clock_skew + \(exportedSum)"

  private func expectBound(
    _ member: String, _ last: String, _ beyond: String, _ reason: String, _ publication: JSONValue
  ) throws {
    _ = try RotationPolicy([member: .string(last), "publication": publication])
    let error = #expect(throws: KeyRingError.self) {
      _ = try RotationPolicy([member: .string(beyond), "publication": publication])
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test(
    "A policy that names no algorithm, one twice or a symmetric one is refused",
    arguments: [
      ([], "algorithms is empty"), (["ES256", "ES256"], "algorithms names one twice"),
      (["ES256", "HS256"], "HS256 is symmetric: its secret would have to be published"),
      (["RS1"], "algorithms is [\"RS1\"], not a list of alg names"),
      (["ES256", 256], "not a list of alg names"),
    ] as [([JSONValue], String)])
  func algorithms(names: [JSONValue], reason: String) throws {
    let error = #expect(throws: KeyRingError.self) {
      _ = try RotationPolicy(["algorithms": .array(names)])
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("Algorithms that aren't a list are refused")
  func noList() {
    let error = #expect(throws: KeyRingError.self) { _ = try RotationPolicy(["algorithms": "ES256"]) }
    #expect(error?.description.contains("not a list of alg names") == true)
  }

  @Test(
    "A member that isn't known is refused with those that are", arguments: ["max-age", "maxAge", "comment"])
  func unknownMember(name: String) throws {
    let error = #expect(throws: KeyRingError.self) { _ = try RotationPolicy([name: "60s"]) }
    #expect(
      error?.description.hasPrefix(
        "the policy is refused: \(name) is not a known member; the known ones are algorithms, token_lifetime")
        == true
    )
  }

  @Test("Of two kinds of publication any other is refused")
  func publication() throws {
    #expect(try RotationPolicy(["publication": "exported"]).publication == .exported)
    #expect(try RotationPolicy([:]).publication == .served)
    for value in ["static", 1, .null] as [JSONValue] {
      let error = #expect(throws: KeyRingError.self) { _ = try RotationPolicy(["publication": value]) }
      #expect(error?.description.hasSuffix("not \"served\" or \"exported\"") == true)
    }
  }

  @Test("A refused policy changes no ring, and the refusal says what failed")
  func step() throws {
    let ring = try newRing()
    let error = #expect(throws: KeyRingError.self) { _ = try ring.step(policy.with([]), at: birth) }
    #expect(error?.description == "the policy is refused: algorithms is empty: the ring would sign nothing")
    #expect(throws: KeyRingError.self) { _ = try ring.step(policy.with([.es256, .hs256]), at: birth) }
  }
}
