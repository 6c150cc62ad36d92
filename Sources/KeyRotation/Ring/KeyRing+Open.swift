public import JOSECore

extension KeyRing {
  /// Opens the ring in a directory, takes the steps that are pending, and reads the keys that sign.
  ///
  /// A ring that can be read and not written is opened too: its keys sign until their reservations end.
  ///
  /// - Parameters:
  ///   - directory: the one that `idtoken keys init` made.
  ///   - passphrase: opens the private keys, and encrypts those that are written.
  ///   - policy: the policy that steps follow; the ring's own by default.
  ///   - role: what this process does with the ring.
  ///   - createIfMissing: makes a new ring where there is none, by the policy or else by the standard one. Otherwise a
  ///     missing ring is an error.
  ///   - clock: the time of steps and tokens.
  public static func open(
    _ directory: String, passphrase: SecretBytes? = nil, policy: RotationPolicy? = nil, role: Role = .rotates,
    createIfMissing: Bool = false, clock: WallClock = .system
  ) async throws(KeyRingError) -> KeyRing {
    try await open(
      DirectoryStore(directory, passphrase: passphrase), policy: policy, role: role,
      createIfMissing: createIfMissing, clock: clock)
  }

  /// Opens the ring in a store of your own.
  public static func open(
    _ store: any KeyRingStore, policy: RotationPolicy? = nil, role: Role = .rotates,
    createIfMissing: Bool = false, clock: WallClock = .system
  ) async throws(KeyRingError) -> KeyRing {
    var stored = try await store.load()
    if stored == nil, createIfMissing {
      stored = try await store.createUnlessThere(policy ?? .standard, at: clock.now)
    }
    guard let stored else { throw .missing(directory: store.location) }
    if role == .rotates {
      do { try await store.settle(policy ?? stored.policy, clock: clock) } catch {
        // A full disk takes nothing away from the ring that is there. A `KeyRotator` tells what failed, and retries.
        guard error.isOfFile else { throw error }
      }
    }
    let snapshot = try await role == .serves ? store.publicSnapshot() : store.snapshot()
    guard let snapshot else { throw .missing(directory: store.location) }
    return KeyRing(
      snapshot, store: store, policy: policy, role: role, clock: clock, confirmedAt: clock.now)
  }

  /// A new ring that lives as long as the process: its tokens can't be verified after a restart.
  public static func inMemory(
    algorithms: [Algorithm] = [.es256], policy: RotationPolicy = .standard, clock: WallClock = .system
  ) throws(KeyRingError) -> KeyRing {
    let new = try NewRing(policy.with(algorithms), at: clock.now)
    let store = InMemoryRingStore()
    try store.commit(new.step.ring, adding: new.keys.map(\.key), expecting: 0, at: clock.now)
    let active = new.keys.filter { new.step.ring[$0.keyID]?.state == .active }
    return KeyRing(
      try KeyRingSnapshot(new.step.ring, signingKeys: active), store: store, policy: policy.with(algorithms),
      clock: clock, confirmedAt: clock.now)
  }
}

// MARK: - Publishing

extension KeyRing {
  /// Every key that a verifier may need: standbys, active keys, and retired keys whose tokens may still be valid.
  public var jwkSet: JWKSet { current.jwks }

  /// The sets to serve, rendered once for each epoch: the one for everyone first.
  public var publishedSets: [PublishedSet] { current.publishedSets }

  public var keys: [RingKey] { current.ring.keys }

  /// `Cache-Control: max-age` for the sets, in seconds: the policy's, and a shorter one before a new key is published.
  ///
  /// Throws when the snapshot isn't confirmed: a JWKS that lacks the next key must not be cached.
  public func maxAge() throws(KeyRingError) -> Int64 {
    let now = clock.now
    try checkFreshness(at: now)
    return current.maxAge(at: now)
  }
}

extension KeyRing {
  /// Writes the sets and the OpenID discovery document into a directory for a static host, and `publish.json` with the
  /// headers that each file needs. Each file is written whole or not at all.
  ///
  /// With the policy's publication `exported`, call `confirm(_:)` once the public copy is in place.
  ///
  /// - Parameters:
  ///   - directory: it is made if it isn't there.
  ///   - issuer: the URL under which the files will be.
  public func export(to directory: String, issuer: String) throws(KeyRingError) {
    let now = clock.now
    try checkFreshness(at: now)
    try StaticExport(current, issuer: issuer, at: now).write(to: directory)
  }
}

// MARK: - Changing

extension KeyRing {
  public var policy: RotationPolicy { chosenPolicy ?? current.ring.policy }

  /// Does what is pending, confirms the snapshot, and puts a change in force.
  @discardableResult
  public func step() async throws(KeyRingError) -> [RingEvent] {
    try await changing { () throws(KeyRingError) in try await settle(nil, clock) }
  }

  /// Lets the standbys of these algorithms sign now; those of all algorithms by default.
  ///
  /// It is refused (`standbyTooYoung`) while verifiers may hold a JWKS without the standby.
  @discardableResult
  public func rotate(_ algorithms: [Algorithm] = []) async throws(KeyRingError) -> [RingEvent] {
    try await changing { () throws(KeyRingError) in try await settle(.rotate(algorithms), clock) }
  }

  /// Takes a key out of the JWKS and destroys its private half. The standby of an active key signs at once.
  ///
  /// Verifiers with a cached JWKS accept the key's tokens for the times of `ExposureWindow.windows(_:)`. What else is
  /// pending is left to the next step, so that an error of this call means that the key is not revoked.
  @discardableResult
  public func revoke(_ keyID: String, reason: String) async throws(KeyRingError) -> [RingEvent] {
    try await changing { () throws(KeyRingError) in
      [try await store.step(policy, at: clock.now, .revoke(keyID: keyID, reason: reason))]
    }
  }

  /// Tells the ring that the public copy of its JWKS holds these keys: their waiting times begin.
  @discardableResult
  public func confirm(_ keyIDs: [String]) async throws(KeyRingError) -> [RingEvent] {
    try await changing { () throws(KeyRingError) in try await settle(.confirm(keyIDs: keyIDs), clock) }
  }

  private func changing(
    _ change: () async throws(KeyRingError) -> [RotationStep]
  ) async throws(KeyRingError) -> [RingEvent] {
    let steps: [RotationStep]
    do { steps = try await change() } catch {
      // A refused rotation may have done what else was pending.
      try? await refresh(at: clock.now)
      throw error
    }
    try await refresh(at: clock.now)
    return steps.flatMap(\.events)
  }

  /// Steps until nothing is pending. Nothing is written over a ring that went back.
  @discardableResult
  func settle(
    _ request: RotationRequest?, _ clock: WallClock, onStep: @Sendable (RotationStep) -> Void = { _ in }
  ) async throws(KeyRingError) -> [RotationStep] {
    guard let stored = try await store.load() else { throw .noRing }
    guard isFollowed(by: stored) else { throw .ringWentBack(found: stored.epoch, known: epoch) }
    return try await store.settle(policy, clock: clock, request, onStep: onStep)
  }

  /// Reads the ring again and confirms the snapshot.
  func refresh(at now: NumericDate) async throws(KeyRingError) {
    let snapshot = try await latestSnapshot()
    guard update(snapshot, confirmedAt: now) else {
      throw .ringWentBack(found: snapshot.epoch, known: epoch)
    }
  }

  /// The snapshot in force if the ring is the same: opening its private keys again would cost more than everything else
  /// here, with a passphrase a second of work.
  private func latestSnapshot() async throws(KeyRingError) -> KeyRingSnapshot {
    let current = current
    if let stored = try await store.load(), stored == current.ring { return current }
    guard let snapshot = try await role == .serves ? store.publicSnapshot() : store.snapshot() else {
      throw .noRing
    }
    return snapshot
  }
}
