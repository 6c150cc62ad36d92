import JOSECore

/// The first state of a ring and its private keys: for each algorithm an active key and a standby.
struct NewRing {
  let step: RotationStep
  let keys: [RingSigningKey]

  /// - Parameter imported: a key that verifiers know already; it becomes the active key of its algorithm.
  init(
    _ policy: RotationPolicy, importing imported: RingSigningKey? = nil, at now: NumericDate
  ) throws(KeyRingError) {
    do { try policy.check() } catch { throw .policy(error) }
    var keys: [RingSigningKey] = imported.map { [$0] } ?? []
    for algorithm in policy.algorithms {
      let missing = algorithm == imported?.algorithm ? 1 : 2
      for _ in 0..<missing { keys.append(try .generate(algorithm)) }
    }
    self.keys = keys
    step = try KeyRingState.new(
      keys.compactMap(\.newKey), imported: imported?.keyID, policy: policy, at: now)
  }
}
