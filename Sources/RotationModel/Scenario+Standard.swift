package import KeyRotation

extension Scenario {
  /// What the search covers: each scenario with the kinds of events it is about, and how deep a release build gets in a
  /// few seconds. All kinds at once reach less deep.
  package static func standard() throws(PolicyError) -> [(scenario: Scenario, alphabet: Alphabet, depth: Int)]
  {
    let fresh = Scenario("fresh", policies: [try policy()])
    var seasoned = Scenario("seasoned", policies: [try policy()])
    seasoned.prologue = season
    var changing = Scenario(
      "changing policies",
      policies: [
        try policy(), try policy(#""max_age": "5m", "cdn_time": "0s", "verifier_bound": "20m""#),
        try policy(#""token_lifetime": "60s", "reservation": "10m", "staleness_bound": "30s""#),
        try policy(#""algorithms": ["Ed25519"]"#),
      ])
    changing.prologue = season
    var exported = Scenario("exported", policies: [try policy(#""publication": "exported""#), try policy()])
    exported.prologue = [.advance(86_400 * 30), .step(0), .step(0)]
    var imported = Scenario("imported, with an end", policies: [try policy()])
    (imported.isImported, imported.firstKeyEnds) = (true, 3 * 86_400)
    var ending = Scenario("keys that end", policies: [try policy()])
    (ending.firstKeyEnds, ending.keysEndAfter) = (10 * 86_400, 20 * 86_400)
    return [
      (fresh, .all, 5), (seasoned, .all, 5), (seasoned, [.partitions, .crashes, .races], 8),
      (seasoned, [.skew, .partitions], 8), (seasoned, .clocksBack, 8),
      (seasoned, [.clocksBack, .clocksForward], 7),
      (seasoned, [.revocations, .partitions], 7), (changing, [.policies, .partitions], 7),
      (changing, [.policies, .revocations], 6), (exported, [.exports, .revocations], 6),
      (exported, [.exports, .policies], 8), (imported, [.partitions, .revocations], 6),
      (ending, [.partitions, .requests], 8),
    ]
  }

  /// Two rotations, so that no key is an original any more, and up to the eve of the third, with tokens being signed.
  private static let season: [WorldEvent] = {
    let month: Int64 = 30 * 86_400
    return [
      .advance(month), .step(0), .step(0), .advance(month), .step(0), .step(0), .advance(month - 1), .step(0),
    ]
  }()

  /// The usual times, with a CDN; `changes` are members of a policy file.
  package static func policy(_ changes: String = "") throws(PolicyError) -> RotationPolicy {
    let algorithms = changes.contains("algorithms") ? "" : #""algorithms": ["EdDSA"],"#
    let cdn = changes.contains("cdn_time") ? "" : #""cdn_time": "10m""#
    let members = [cdn, changes].filter { !$0.isEmpty }.joined(separator: ", ")
    return try RotationPolicy(parsing: Array("{\(algorithms) \(members)}".utf8).span)
  }
}
