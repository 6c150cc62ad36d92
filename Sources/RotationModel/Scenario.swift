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
