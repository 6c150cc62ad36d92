package import JOSECore
package import KeyRotation

/// What is under test: the step, and the rules by which processes sign, serve and write. Each member is the code of
/// KeyRotation; a test replaces one to see that the check notices.
package protocol RingRules: Sendable {
  func step(
    _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?,
    newKeys: [NewKey]
  ) throws(KeyRingError) -> RotationStep

  /// Whether a process may sign and serve with its snapshot.
  func isFresh(_ freshness: Freshness, at now: NumericDate) -> Bool

  /// The `exp` that a token signed now gets.
  func expiry(_ key: RingKey, wanted: NumericDate, at now: NumericDate) throws(KeyRingError) -> NumericDate

  /// The `kid` of a token that is signed with this key.
  func keyID(signing key: RingKey, in ring: KeyRingState) -> String

  /// Whether a store at epoch `found` takes a step that was made from epoch `expected`.
  func takes(expected: Int, found: Int) -> Bool

  /// Whether a process uses a step's ring only after the store has it.
  var isDurableFirst: Bool { get }
}

extension RingRules {
  package func step(
    _ ring: KeyRingState, _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest?,
    newKeys: [NewKey]
  ) throws(KeyRingError) -> RotationStep {
    try ring.step(policy, at: now, request, newKeys: newKeys)
  }

  package func isFresh(_ freshness: Freshness, at now: NumericDate) -> Bool {
    freshness.isFresh(at: now)
  }

  package func expiry(_ key: RingKey, wanted: NumericDate, at now: NumericDate) throws(KeyRingError)
    -> NumericDate
  {
    try RingSigningKey.expiry(
      wanted, at: now, keyID: key.keyID, notAfter: key.notAfter, reservedUntil: key.signsUntil)
  }

  package func keyID(signing key: RingKey, in ring: KeyRingState) -> String { key.keyID }

  package func takes(expected: Int, found: Int) -> Bool { expected == found }

  package var isDurableFirst: Bool { true }
}

/// The rules as they are.
package struct CurrentRules: RingRules {
  package init() {}
}
