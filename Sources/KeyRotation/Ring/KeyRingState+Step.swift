package import JOSECore

/// What a step made of a ring.
package struct RotationStep: Sendable {
  /// The next state; the same epoch where nothing changed.
  package let ring: KeyRingState
  package let events: [RingEvent]
  /// Algorithms that need a new key before the step can do all that is due. Offer one for each and step again.
  package let missing: [Algorithm]
  /// When the next change will be due, if nothing else happens.
  package let nextDue: NumericDate?
}

/// What an operator asks of a step beyond the changes that are pending.
package enum RotationRequest: Sendable, Hashable {
  /// Let the standbys of these algorithms take over now rather than when it is their time.
  case rotate([Algorithm])
  case revoke(keyID: String, reason: String)
  /// The public copy of the JWKS was fetched, and holds these keys.
  case confirm(keyIDs: [String])
}

extension KeyRingState {
  /// A new ring: of each algorithm's two keys the first is active and the second its standby.
  ///
  /// All of them are original: nothing older than this ring's first JWKS can be cached anywhere.
  ///
  /// - Parameter imported: the `kid` of a key that verifiers know already. Then they hold a JWKS from elsewhere, in which
  ///   this key alone can be.
  package static func new(
    _ keys: [NewKey], imported: String? = nil, policy: RotationPolicy, at now: NumericDate
  ) throws(KeyRingError) -> RotationStep {
    try policy.check()
    var draft = RingTransition(KeyRingState(epoch: 0, policy: policy, keys: []), policy, now)
    draft.record(.created)
    for new in keys { try draft.publish(new, imported: imported) }
    for algorithm in policy.algorithms { draft.activateFirst(algorithm) }
    guard !draft.ring.keys(.active).isEmpty else {
      throw keys.first.map { .noActiveKey($0.algorithm, ring: policy.algorithms) } ?? .noAlgorithms
    }
    draft.reserve()
    return draft.finished()
  }

  /// The next state. It knows no clock and no disk: everything it decides follows from the state, the policy and `now`.
  ///
  /// No key signs before every JWKS that anyone may hold has it, no key is removed before its last token is expired for
  /// everyone, and what is late is not made up for by waiting less.
  ///
  /// - Parameter unusable: keys that don't take over, since nobody can open their private halves.
  package func step(
    _ policy: RotationPolicy, at now: NumericDate, _ request: RotationRequest? = nil, newKeys: [NewKey] = [],
    unusable: Set<String> = []
  ) throws(KeyRingError) -> RotationStep {
    try policy.check()
    guard epoch < Self.lastEpoch else { throw .noMoreEpochs(epoch) }
    var draft = RingTransition(self, policy, now)
    draft.unusable = unusable
    draft.startPropagation()
    draft.adoptPolicy()
    draft.heedClock()
    if case .confirm(let keyIDs) = request { draft.confirm(keyIDs) }
    if case .revoke(let keyID, let reason) = request { try draft.revoke(keyID, reason) }
    for new in newKeys { try draft.publish(new, isOriginal: false) }
    try draft.activate(request)
    draft.dropAlgorithms()
    draft.reserve()
    draft.remove()
    return draft.finished()
  }
}
