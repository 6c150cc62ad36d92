/// What is true of a key in the modelled world, whoever knows it. Times are true times.
struct KeyFacts: Hashable, Sendable {
  /// In the pool.
  let place: Int
  /// The epoch that published it.
  let epoch: Int
  /// When a JWKS without it was last handed out, and until when such a one may be in use.
  var lastWithout: Int64 = .min
  var cachedWithoutUntil: Int64 = .min
  /// How long verifiers keep a JWKS, as the policy said that was in force when the key became active. One that learns later
  /// that they keep it for longer comes too late for this key.
  var keptFor: Int64 = 0
  /// The latest `exp` of the tokens signed with it.
  var latestExpiry: Int64 = .min
  /// Where the wait for propagation began: by which clock, and how far that was off.
  var wait: ClockReading?
  /// Activated by a revocation before its time.
  var isEarly = false
  /// Invariant 1 is not promised for it: see `ClockPromise`.
  var isBeyondPromise = false
  /// When it stopped being active or standing by, in the durable ring.
  var endedAt: Int64?
  var revokedAt: Int64?
}

struct ClockReading: Hashable, Sendable {
  var clock: Int64
  var offset: Int64
}
