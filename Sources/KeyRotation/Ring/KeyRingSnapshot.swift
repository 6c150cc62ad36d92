public import JOSECore

/// A ring at one epoch, ready for use: the keys that sign and the JWKS that verifies them, which never change apart.
package struct KeyRingSnapshot: Sendable {
  package let epoch: Int
  package let ring: KeyRingState
  package let jwks: JWKSet
  /// The same keys as they are served, rendered once for each epoch: the set for everyone first.
  package let publishedSets: [PublishedSet]
  /// The set for everyone.
  package var jwksBytes: [UInt8] { publishedSets.first?.bytes ?? [] }
  let signingKeys: [RingSigningKey]

  /// - Parameter signingKeys: the private halves of active keys; none in a process that serves but doesn't sign.
  package init(_ ring: KeyRingState, signingKeys: [RingSigningKey] = []) throws(KeyRingError) {
    do { (jwks, publishedSets) = (try ring.jwks, try ring.publishedSets) } catch { throw .key(error) }
    epoch = ring.epoch
    self.ring = ring
    var bounded: [RingSigningKey] = []
    for var signingKey in signingKeys {
      guard let key = ring.activeKey(for: signingKey.algorithm), key.keyID == signingKey.keyID else {
        throw .notActive(keyID: signingKey.keyID, signingKey.algorithm)
      }
      (signingKey.notAfter, signingKey.reservedUntil) = (key.notAfter, key.signsUntil)
      signingKey.longestLifetime = ring.policy.tokenLifetime
      bounded.append(signingKey)
    }
    self.signingKeys = bounded
  }

  package func signingKey(for algorithm: Algorithm) throws(KeyRingError) -> RingSigningKey {
    guard let key = signingKeys.first(where: { $0.algorithm == algorithm }) else {
      throw .noActiveKey(algorithm, ring: signingKeys.map(\.algorithm))
    }
    return key
  }

  /// `max-age` for the JWKS now: the policy's, but no longer than until the next change that can be foreseen.
  package func maxAge(at now: NumericDate) -> Int64 {
    guard let change = ring.nextPublication(ring.policy) else { return ring.policy.maxAge }
    return min(ring.policy.maxAge, max(0, change.seconds(since: now)))
  }
}

/// `kid`, key and algorithm as one value: a token can't carry another key's `kid`.
public struct RingSigningKey: Sendable {
  public let keyID: String
  /// RFC 7638.
  public let thumbprint: String
  public let key: SigningKey
  /// No token of this key may expire later: its own end.
  public internal(set) var notAfter: NumericDate?
  /// No token of this key may expire later for now: what the ring has reserved.
  public internal(set) var reservedUntil: NumericDate?
  /// The longest lifetime of a token, by the ring's policy. Seconds.
  var longestLifetime = Int64.max

  /// Takes the `kid` from the key itself.
  ///
  /// - Parameters:
  ///   - keyID: of a key from elsewhere that verifiers know by another name: 1 to 128 visible ASCII characters.
  ///   - notAfter: the end of a key that has one; no token of it expires later.
  public init(_ key: SigningKey, keyID: String? = nil, notAfter: NumericDate? = nil) throws(KeyRingError) {
    guard let publicKey = key.publicKey else { throw .symmetricAlgorithm(key.algorithm) }
    do { thumbprint = try publicKey.thumbprint() } catch { throw .key(error) }
    if let keyID,
      !(1...128).contains(keyID.utf8.count) || !keyID.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    {
      throw .unusableKeyID(keyID)
    }
    self.keyID = keyID ?? thumbprint
    (self.key, self.notAfter) = (key, notAfter)
  }

  public var algorithm: Algorithm { key.algorithm }

  /// What a ring publishes of it.
  public var newKey: NewKey? {
    key.publicKey.map {
      NewKey(key.algorithm, $0, keyID: keyID == thumbprint ? nil : keyID, notAfter: notAfter)
    }
  }

  public static func generate(_ algorithm: Algorithm) throws(KeyRingError) -> RingSigningKey {
    guard !algorithm.isSymmetric else { throw .symmetricAlgorithm(algorithm) }
    while true {
      let key: SigningKey
      do { key = try SigningKey.generate(algorithm) } catch { throw .key(.key(error)) }
      let ringKey = try RingSigningKey(key)
      // One in 64 thumbprints begins so, and command lines would take it for an option: of us, and of openssl.
      if !ringKey.keyID.hasPrefix("-") { return ringKey }
    }
  }

  /// The `exp` of a token that is issued now: never after the key's end, nor after what is reserved.
  public func expiry(_ wanted: NumericDate, at now: NumericDate) throws(KeyRingError) -> NumericDate {
    guard wanted.seconds(since: now) <= longestLifetime else {
      throw .lifetimeTooLong(wanted.seconds(since: now), longest: longestLifetime)
    }
    return try Self.expiry(wanted, at: now, keyID: keyID, notAfter: notAfter, reservedUntil: reservedUntil)
  }

  /// Up to when `expiry` gives tokens of a lifetime what they want.
  package func latestExpiry(of lifetime: Int64) -> NumericDate {
    guard lifetime <= longestLifetime else { return NumericDate(.min) }
    return min(notAfter ?? NumericDate(.max), reservedUntil ?? NumericDate(.max))
  }

  /// The rule by itself, for callers without a private key.
  package static func expiry(
    _ wanted: NumericDate, at now: NumericDate, keyID: String, notAfter: NumericDate?,
    reservedUntil: NumericDate?
  ) throws(KeyRingError) -> NumericDate {
    let expiry = min(wanted, notAfter ?? wanted)
    guard expiry > now else { throw .keyEnded(keyID: keyID, at: expiry) }
    if let reservedUntil, expiry > reservedUntil {
      throw .reservationOver(keyID: keyID, until: reservedUntil)
    }
    return expiry
  }
}
