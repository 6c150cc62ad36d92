public import JOSE
public import JWA

/// A new key pair's public half, offered to a step for publication.
public struct NewKey: Sendable {
  public let algorithm: Algorithm
  public let publicKey: PublicKey

  public init(_ algorithm: Algorithm, _ publicKey: PublicKey) {
    (self.algorithm, self.publicKey) = (algorithm, publicKey)
  }
}

extension KeyRing {
  /// A new ring: of each algorithm's two keys the first is active and the second its standby.
  ///
  /// All of them are original: nothing older than this ring's first JWKS can be cached anywhere.
  public static func new(_ keys: [NewKey], at now: NumericDate) throws(KeyRingError) -> KeyRing {
    guard !keys.isEmpty else { throw .noAlgorithms }
    var ring = KeyRing(epoch: 1, keys: [])
    for new in keys {
      var key = try ring.publish(new, isOriginal: true, at: now)
      if ring.activeKey(for: new.algorithm) == nil { key.activatedAt = now }
      ring.keys.append(key)
    }
    return ring
  }

  /// The algorithms that need a new key if `rotating` is rotated now.
  public func missingStandbys(rotating: [Algorithm]) -> [Algorithm] {
    algorithms.filter { rotating.contains($0) || standby(for: $0) == nil }
  }

  /// The next state: standbys of `rotating` take over, what they replace retires, new keys become standbys, and
  /// retired keys whose last token is expired for everyone are removed.
  ///
  /// Nothing takes over before every JWKS that anyone may hold has it (`RingKey.mayActivate`): then it throws, and the
  /// ring stays as it is.
  public func step(
    _ policy: RotationPolicy, at now: NumericDate, rotating: [Algorithm], publishing newKeys: [NewKey]
  ) throws(KeyRingError) -> KeyRing {
    var next = self
    for algorithm in rotating { try next.rotate(algorithm, policy, now) }
    for new in newKeys {
      let key = try next.publish(new, isOriginal: false, at: now)
      next.keys.append(key)
    }
    next.keys.removeAll { key in key.mayBeRemoved(from: policy).map { $0 <= now } ?? false }
    guard next != self else { return self }
    guard epoch < Self.lastEpoch else { throw .noMoreEpochs(epoch) }
    next.epoch += 1
    return next
  }

  private mutating func rotate(
    _ algorithm: Algorithm, _ policy: RotationPolicy, _ now: NumericDate
  ) throws(KeyRingError) {
    guard let active = keys.firstIndex(where: { $0.algorithm == algorithm && $0.state == .active }) else {
      throw .noActiveKey(algorithm, ring: algorithms)
    }
    guard let standby = keys.firstIndex(where: { $0.algorithm == algorithm && $0.state == .published }) else {
      throw .noStandby(algorithm)
    }
    let earliest = keys[standby].mayActivate(from: policy)
    guard now >= earliest else {
      throw .standbyTooYoung(
        keyID: keys[standby].keyID, algorithm, published: keys[standby].publishedAt, earliest: earliest,
        now: now)
    }
    keys[standby].activatedAt = now
    keys[active].retiredAt = now
  }

  private func publish(_ new: NewKey, isOriginal: Bool, at now: NumericDate) throws(KeyRingError) -> RingKey {
    let key = try RingKey(new.publicKey, new.algorithm, isOriginal: isOriginal, publishedAt: now)
    guard self[key.keyID] == nil else { throw .duplicateKey(key.keyID) }
    return key
  }
}
