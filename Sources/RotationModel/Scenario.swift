package import KeyRotation

/// What a search starts from.
package struct Scenario: Sendable {
  package var name: String
  /// A process is started with one of these. All assume the same clock skew and the same
  /// leeway: these are what machines and verifiers are like.
  package var policies: [RotationPolicy]
  package var processes = 2
  /// Verifiers know the first key from elsewhere, and hold a JWKS with it alone.
  package var isImported = false
  /// When the first active key ends, in seconds from the start.
  package var firstKeyEnds: Int64?
  /// How long after its publication any other key ends, in seconds.
  package var keysEndAfter: Int64?
  /// What happened before the search begins.
  package var prologue: [WorldEvent] = []

  /// Violations are noted, and the world goes on: a simulation tells what they do to verifiers.
  var goesOn = false

  package init(_ name: String, policies: [RotationPolicy]) { (self.name, self.policies) = (name, policies) }

  /// How far two clocks may differ.
  var skew: Int64 { policies.map(\.clockSkew).max() ?? 0 }

  /// Any time will do: the model only ever looks at differences.
  static let start: Int64 = 2_000_000_000
}

/// Kinds of events that a search tries.
package struct Alphabet: OptionSet, Hashable, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Time and steps are always there.
  package static let crashes = Alphabet(rawValue: 1 << 0)
  package static let races = Alphabet(rawValue: 1 << 1)
  package static let partitions = Alphabet(rawValue: 1 << 2)
  package static let skew = Alphabet(rawValue: 1 << 3)
  package static let clocksBack = Alphabet(rawValue: 1 << 4)
  package static let clocksForward = Alphabet(rawValue: 1 << 5)
  package static let policies = Alphabet(rawValue: 1 << 6)
  package static let revocations = Alphabet(rawValue: 1 << 7)
  package static let requests = Alphabet(rawValue: 1 << 8)
  package static let exports = Alphabet(rawValue: 1 << 9)
  package static let all = Alphabet(rawValue: (1 << 10) - 1)
}

extension Scenario {
  /// What the search covers: each scenario with the kinds of events it is about, and how deep a release build gets in a
  /// few seconds. All kinds at once reach less deep.
  package static func standard() throws(KeyRingError) -> [(
    scenario: Scenario, alphabet: Alphabet, depth: Int
  )] {
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
    // What verifiers keep a JWKS for is its `max-age` and nothing else.
    var heeding = Scenario(
      "max-age alone", policies: [try policy(#""max_age": "1d", "verifier_bound": "0s""#)])
    heeding.prologue = season
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
      (ending, [.partitions, .requests], 8), (heeding, [.partitions, .requests], 9),
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
  package static func policy(_ changes: String = "") throws(KeyRingError) -> RotationPolicy {
    let algorithms = changes.contains("algorithms") ? "" : #""algorithms": ["EdDSA"],"#
    let cdn = changes.contains("cdn_time") ? "" : #""cdn_time": "10m""#
    let members = [cdn, changes].filter { !$0.isEmpty }.joined(separator: ", ")
    return try RotationPolicy(parsing: Array("{\(algorithms) \(members)}".utf8).span)
  }
}

extension Alphabet: CustomStringConvertible {
  package var description: String {
    let names: [(Alphabet, String)] = [
      (.crashes, "crashes"), (.races, "races"), (.partitions, "partitions"), (.skew, "skew"),
      (.clocksBack, "clocks back"), (.clocksForward, "clocks forward"), (.policies, "policies"),
      (.revocations, "revocations"), (.requests, "requests"), (.exports, "exports"),
    ]
    if self == .all { return "everything" }
    return names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
  }
}
