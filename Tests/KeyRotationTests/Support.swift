import JOSE
import JWA
import KeyRotation
import Platform

/// The time at which the tests' rings are made.
let birth = NumericDate(1_800_000_000)

/// A day and a minute until a published key is everywhere; a day and 70 s until a retired key may go.
let policy = RotationPolicy()

extension NumericDate {
  static func + (date: NumericDate, seconds: Int64) -> NumericDate { date.advanced(by: seconds) }
}

extension Algorithm {
  /// Every kind of key, and RSA, whose keys are slow to make, once for each padding.
  static let everyKind: [Algorithm] = [.rs256, .ps256, .es256, .es384, .es512, .edDSA, .ed25519, .ed448]
}

func newKeys(_ algorithms: [Algorithm]) throws -> [NewKey] {
  try algorithms.compactMap { try RingSigningKey.generate($0).newKey }
}

/// A ring with an active key and an original standby for each algorithm.
func newRing(_ algorithms: [Algorithm] = [.es256]) throws -> KeyRing {
  try KeyRing.new(newKeys(algorithms.flatMap { [$0, $0] }), at: birth)
}

extension KeyRing {
  /// One rotation of everything, with the new standbys it needs.
  func rotated(_ rotating: [Algorithm] = [.es256], at now: NumericDate) throws -> KeyRing {
    try step(
      policy, at: now, rotating: rotating, publishing: newKeys(missingStandbys(rotating: rotating)))
  }

  func keyIDs(_ state: RingKey.State) -> [String] { keys.filter { $0.state == state }.map(\.keyID) }
}
