import JOSECore
import KeyRotation
import TestSupport

/// The time at which the tests' rings are made.
let birth = NumericDate(1_800_000_000)

/// A day and seven minutes until a published key is everywhere; 70 s after its latest `exp` until a retired
/// key may go.
let policy = RotationPolicy.standard.with([.es256])

/// What is reserved for a key that became active, or was renewed, at `birth`: a token's lifetime and an hour.
let firstReservation = policy.tokenLifetime + policy.reservation

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
func newRing(_ algorithms: [Algorithm] = [.es256]) throws -> KeyRingState {
  try KeyRingState.new(newKeys(algorithms.flatMap { [$0, $0] }), at: birth)
}

extension KeyRingState {
  /// One step, with the new keys it needs.
  func taken(
    _ request: RotationRequest? = nil, _ policy: RotationPolicy? = nil, at now: NumericDate
  ) throws -> RotationStep {
    let policy = policy ?? self.policy
    let first = try step(policy, at: now, request)
    if first.missing.isEmpty { return first }
    return try step(policy, at: now, request, newKeys: newKeys(first.missing))
  }

  /// One rotation of everything, or of the algorithms that are named.
  func rotated(_ rotating: [Algorithm] = [], at now: NumericDate) throws -> KeyRingState {
    try taken(.rotate(rotating), at: now).ring
  }

  /// The step after it in the same second, as a rotator takes it: what was published begins to wait.
  func waiting(at now: NumericDate) throws -> KeyRingState { try taken(at: now).ring }

  func keyIDs(_ state: RingKey.State) -> [String] { keys(state).map(\.keyID) }
}

extension DirectoryStore {
  @discardableResult
  func create(_ algorithms: [Algorithm], at now: NumericDate) throws(KeyRingError) -> KeyRingState {
    try create(RotationPolicy.standard.with(algorithms), at: now)
  }

  /// The snapshot that must be there.
  func opened() async throws(KeyRingError) -> KeyRingSnapshot {
    guard let snapshot = try await snapshot() else { throw .missing(directory: directory) }
    return snapshot
  }

  /// Rotates everything, or the algorithms that are named, by the policy that the ring has.
  @discardableResult
  func rotate(_ algorithms: [Algorithm] = [], at now: NumericDate) async throws(KeyRingError) -> KeyRingState
  {
    try await step(existing().policy, at: now, .rotate(algorithms)).ring
  }

  /// The same in one go, where nothing may be awaited.
  func rotateAtOnce(at now: NumericDate) throws {
    let ring = try existing()
    let key = try RingSigningKey.generate(.es256)
    let step = try ring.step(ring.policy, at: now, .rotate([]), newKeys: [key.newKey].compactMap(\.self))
    try commit(step.ring, step.events, adding: [key.key], expecting: ring.epoch, at: now)
  }
}

/// What came of work that waits: `Result(catching:)` takes none.
func outcome<Value>(_ work: () async throws -> Value) async -> Result<Value, any Error> {
  do { return .success(try await work()) } catch { return .failure(error) }
}

extension TemporaryDirectory {
  /// Where the tests' rings lie; not there before a ring is made.
  var ring: String { self["ring"] }
}
